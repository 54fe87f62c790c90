import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy that can play a network which loses connections without telling anybody. */
export type TcpProxy = {
  /** The URL of the target, by way of the proxy. */
  readonly url: string;
  /** From now on the connections that are open carry nothing, in either direction, and stay open. New ones work. */
  deafen(): void;
  close(): Promise<void>;
};

type Pair = { readonly sockets: readonly [Socket, Socket]; deaf: boolean };

/** @param targetUrl such as `redis://127.0.0.1:6379` */
export async function startTcpProxy(targetUrl: string): Promise<TcpProxy> {
  const target = new URL(targetUrl);
  const pairs = new Set<Pair>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({
      host: target.hostname,
      port: Number(target.port),
      allowHalfOpen: true,
    });
    const pair: Pair = { sockets: [client, upstream], deaf: false };
    pairs.add(pair);
    carry(pair, client, upstream);
    carry(pair, upstream, client);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = new URL(targetUrl);
  url.port = String(port);

  return {
    url: url.href,
    deafen() {
      for (const pair of pairs) pair.deaf = true;
    },
    async close() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      for (const { sockets } of pairs) for (const socket of sockets) socket.destroy();
      await closed;
    },
  };

  /** One direction. What a deaf pair is sent, its end too, goes nowhere. */
  function carry(pair: Pair, from: Socket, to: Socket): void {
    from.on('data', (chunk) => {
      if (!pair.deaf) to.write(chunk);
    });
    from.on('end', () => {
      if (!pair.deaf) to.end();
    });
    from.on('error', () => undefined); // 'close' follows
    from.on('close', () => {
      if (pair.deaf) return;
      pairs.delete(pair);
      to.destroy();
    });
  }
}
