import type { Socket } from 'node:net';
import { startProxy } from '#test/support/start-proxy.ts';

/** A TCP proxy that can play a network which loses connections without telling anybody. */
export type TcpProxy = {
  /** The URL of the target, by way of the proxy. */
  readonly url: string;
  /** From now on the connections that are open carry nothing, in either direction, and stay open. New ones work. @returns how many */
  deafen(): number;
  close(): Promise<void>;
};

type Pair = { deaf: boolean };

/** @param targetUrl such as `redis://127.0.0.1:6379` */
export async function startTcpProxy(targetUrl: string): Promise<TcpProxy> {
  const target = new URL(targetUrl);
  const pairs = new Set<Pair>();
  const proxy = await startProxy(
    (client, dial) => {
      const upstream = dial(target.hostname, Number(target.port));
      const pair: Pair = { deaf: false };
      pairs.add(pair);
      carry(pair, client, upstream);
      carry(pair, upstream, client);
    },
    { allowHalfOpen: true },
  );
  const url = new URL(targetUrl);
  url.port = String(proxy.port);

  return {
    url: url.href,
    deafen() {
      for (const pair of pairs) pair.deaf = true;
      return pairs.size;
    },
    close: () => proxy.close(),
  };

  /** One direction. What a deaf pair is sent, its end too, goes nowhere. */
  function carry(pair: Pair, from: Socket, to: Socket): void {
    from.on('data', (chunk) => {
      if (!pair.deaf) to.write(chunk);
    });
    from.on('end', () => {
      if (!pair.deaf) to.end();
    });
    from.on('close', () => {
      if (pair.deaf) return;
      pairs.delete(pair);
      to.destroy();
    });
  }
}
