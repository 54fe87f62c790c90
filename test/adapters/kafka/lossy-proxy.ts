import { connect } from 'node:net';
import type { ExecutionContext } from 'ava';
import type { ISocketFactory } from 'kafkajs';
import { endTogether, startProxy } from '#test/support/start-proxy.ts';

/** Of a request of Kafka's protocol: its length, then the number of its API. */
const LENGTH_BYTES = 4;
const API_KEY_BYTES = 2;
const PRODUCE = 0;

export type LossyProxy = {
  /** Sends all connections of a client through the proxy, to wherever they were bound. */
  readonly socketFactory: ISocketFactory;
  /** The next produce requests still reach the broker, but their responses are lost and their connections broken. */
  loseResponses(count: number): void;
  /** How many responses have been lost so far. */
  lost(): number;
};

/** A TCP proxy between a client and a broker that can lose responses, as a network does. */
export async function startLossyProxy(t: ExecutionContext): Promise<LossyProxy> {
  let toLose = 0;
  let lost = 0;
  const targets = new Map<number, { host: string; port: number }>();
  const proxy = await startProxy((client, dial) => {
    // The client speaks first, and only when it has said where its connection is bound.
    client.once('data', (first: Buffer) => {
      const target = targets.get(client.remotePort ?? 0);
      if (target === undefined) return client.destroy();
      const broker = dial(target.host, target.port);
      let doomed = false;
      const looksAt = requestReader((apiKey) => {
        if (apiKey !== PRODUCE || toLose === 0) return;
        toLose -= 1;
        doomed = true;
      });
      const forward = (bytes: Buffer) => {
        looksAt(bytes);
        broker.write(bytes);
      };
      forward(first);
      client.on('data', forward);
      broker.on('data', (bytes: Buffer) => {
        if (!doomed) return client.write(bytes);
        lost += 1;
        return client.destroy();
      });
      return endTogether(client, broker);
    });
  });
  t.teardown(() => proxy.close());

  return {
    socketFactory: ({ host, port, onConnect }) => {
      const socket = connect(proxy.port, '127.0.0.1', () => {
        targets.set(socket.localPort ?? 0, { host, port });
        onConnect();
      });
      socket.setNoDelay(true);
      return socket;
    },
    loseResponses(count) {
      toLose += count;
    },
    lost: () => lost,
  };
}

/** Finds the beginnings of requests in a stream of bytes, however it is cut. */
function requestReader(onRequest: (apiKey: number) => void): (bytes: Buffer) => void {
  let pending = Buffer.alloc(0);
  let toSkip = 0;
  return (bytes) => {
    pending = Buffer.concat([pending, bytes]);
    for (;;) {
      const skipped = Math.min(toSkip, pending.length);
      pending = pending.subarray(skipped);
      toSkip -= skipped;
      if (toSkip > 0 || pending.length < LENGTH_BYTES + API_KEY_BYTES) return;
      toSkip = LENGTH_BYTES + pending.readInt32BE(0);
      onRequest(pending.readInt16BE(LENGTH_BYTES));
    }
  };
}
