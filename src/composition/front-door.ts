import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { problemBody } from '#api/http/problem.ts';
import { unavailable } from '#api/http/problems.ts';
import { MissingPieceError } from '#composition/missing-piece.ts';

/** The HTTP server of a process: open from the first moment, so that probes can tell "starting" from "dead". */
export type FrontDoor = {
  readonly url: string;
  /** From now on requests go to the application. */
  admit(application: RequestListener): void;
  /** From now on only probes are answered. */
  shut(): void;
  /** Takes no new connection and waits for requests under way, at most this long. */
  close(graceMs: number): Promise<void>;
};

/** @throws MissingPieceError when the port can't be had */
export async function openFrontDoor(host: string, port: number): Promise<FrontDoor> {
  let listener: RequestListener = notReady;
  /** Connections on which nothing was asked yet: Node does not count them as idle, and would wait for their first request. */
  const unused = new Set<Socket>();
  let closing = false;
  const server = createServer((request, response) => {
    unused.delete(request.socket);
    // kept alive, it would be waited for until the client lets go of it
    response.once('close', () => closing && setImmediate(() => server.closeIdleConnections()));
    listener(request, response);
  });
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  await listen(server, host, port);
  const address = server.address();
  const actualPort = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`,
    admit(application) {
      listener = application;
    },
    shut() {
      listener = notReady;
    },
    async close(graceMs) {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      closing = true;
      server.closeIdleConnections();
      for (const socket of unused) socket.destroy();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** While the process starts or stops: alive, but not ready (SPEC 9). */
const notReady: RequestListener = (request, response) => {
  const path = request.url?.split('?', 1)[0] ?? '/';
  const alive = path === '/livez';
  response.writeHead(alive ? 200 : 503, {
    'content-type': alive ? 'application/json' : 'application/problem+json',
    'retry-after': '1',
  });
  response.end(JSON.stringify(alive ? { status: 'UP' } : notReadyProblem(path)));
};

/** As the application words its own refusals (SPEC 5): clients need no case for this one. */
function notReadyProblem(path: string) {
  const { fields } = unavailable('The process is starting or stopping; try again');
  return problemBody(fields, {
    path,
    requestId: randomUUID(),
    timestamp: new Date().toISOString(),
  });
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const what = code === 'EADDRINUSE' ? 'is taken' : `can't be used (${code})`;
    throw new MissingPieceError(
      `port ${port} of ${host} ${what}: stop what uses it or set PORT`,
      error,
    );
  }
}
