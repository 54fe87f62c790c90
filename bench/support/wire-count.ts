import { endTogether, startProxy } from '#test/support/start-proxy.ts';

/** Commands that change nothing. */
export const READS = ['find', 'getMore', 'aggregate'];

export type WireCount = {
  /** Of the server, by way of the counter. */
  readonly url: string;
  /** What went to the server so far, by command. */
  counts(): ReadonlyMap<string, { readonly requests: number; readonly bytes: number }>;
  /** What came back so far, in answer to whatever. */
  bytesAnswered(): number;
  close(): Promise<void>;
};

/** Stands between any number of processes and their MongoDB, and counts requests and the bytes in them. */
export async function startWireCount(mongodbUrl: string): Promise<WireCount> {
  const target = new URL(mongodbUrl);
  const counts = new Map<string, { requests: number; bytes: number }>();
  let bytesAnswered = 0;
  const proxy = await startProxy((client, dial) => {
    const upstream = dial(target.hostname, Number(target.port));
    client.on('data', eachMessage(note)).pipe(upstream).pipe(client);
    upstream.on('data', (chunk) => (bytesAnswered += chunk.length));
    endTogether(client, upstream);
  });
  return {
    // else the driver would go to the address that the replica set gives of itself
    url: `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`,
    counts: () => counts,
    bytesAnswered: () => bytesAnswered,
    close: () => proxy.close(),
  };

  function note(message: Buffer): void {
    const name = commandName(message);
    const { requests, bytes } = counts.get(name) ?? { requests: 0, bytes: 0 };
    counts.set(name, { requests: requests + 1, bytes: bytes + message.length });
  }
}

/** Cuts a stream into the messages of MongoDB's wire protocol, which begin with their length. */
function eachMessage(note: (message: Buffer) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
      const length = rest.readInt32LE(0);
      note(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  };
}

/** OP_MSG: header 16, flags 4, kind of section 1, length of the document 4, type of its first field 1; then that field's name. */
const FIRST_NAME = 26;
const OP_MSG = 2013;

function commandName(message: Buffer): string {
  if (message.readInt32LE(12) !== OP_MSG) return 'other';
  return message.toString('latin1', FIRST_NAME, message.indexOf(0, FIRST_NAME));
}
