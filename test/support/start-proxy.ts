import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP server between a client and its server; what passes, and what does not, is up to whoever starts it. */
export type Proxy = {
  readonly port: number;
  /** Ends all connections, those to servers too. */
  close(): Promise<void>;
};

/** Opens a connection that ends with the proxy. */
type Dial = (host: string, port: number) => Socket;

/**
 * @param onConnection gets each client, and a way to its server; errors of sockets are no concern of its own, 'close' follows them
 * @param options.allowHalfOpen that one side has ended does not end the other
 */
export async function startProxy(
  onConnection: (client: Socket, dial: Dial) => void,
  { allowHalfOpen = false } = {},
): Promise<Proxy> {
  const open = new Set<Socket>();
  const kept = (socket: Socket): Socket => {
    open.add(socket);
    return socket.on('error', () => undefined).on('close', () => open.delete(socket));
  };
  const dial: Dial = (host, port) => kept(connect({ host, port, allowHalfOpen }));
  const server = createServer({ allowHalfOpen }, (client) => onConnection(kept(client), dial));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** Neither of a pair outlives the other. */
export function endTogether(one: Socket, other: Socket): void {
  one.on('close', () => other.destroy());
  other.on('close', () => one.destroy());
}
