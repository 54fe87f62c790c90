import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import type { ExecutionContext } from 'ava';

/** A server of this test, closed with it. */
export type TestServer = {
  readonly url: string;
  readonly server: Server;
  /** Connections accepted so far. */
  accepted(): number;
};

/** An HTTP server that answers as it should, with whatever the listener says. */
export async function httpServer(
  t: ExecutionContext,
  listener: RequestListener,
): Promise<TestServer> {
  return start(t, createServer(listener));
}

/** A server that may misbehave: it gets the bare connection. */
export async function rawServer(
  t: ExecutionContext,
  onConnection: (socket: Socket) => void,
): Promise<TestServer> {
  return start(t, createTcpServer(onConnection));
}

/** A raw server that answers every request with these bytes, and then does this with the connection. */
export function answering(
  t: ExecutionContext,
  bytes: string | Buffer,
  then: (socket: Socket) => void = () => undefined,
): Promise<TestServer> {
  return rawServer(t, (socket) => {
    socket.on('data', () => socket.write(bytes, () => then(socket)));
  });
}

/** A port that nobody listens on: a free one of the usual range could be taken by the next test at any moment. */
export const CLOSED_PORT = 'http://127.0.0.1:1';

async function start(t: ExecutionContext, server: Server): Promise<TestServer> {
  let accepted = 0;
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    open.add(socket);
    // A client that hangs up is part of the game.
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server, accepted: () => accepted };
}
