import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** What the service saw in one second. */
export type ServiceSecond = {
  /** Calls that it answered well, and their mean time in ms; null: there were none. */
  readonly done: number;
  readonly latencyMs: number | null;
  /** Calls that it refused with 503 because its line was full. */
  readonly refused: number;
  /** Most calls in its house at a time. */
  readonly peak: number;
};

/** A service as a queue with several servers: so many places work at a time, the rest stand in line, beyond that it refuses. */
export type QueueingService = {
  readonly url: string;
  /** Places that work from now on. */
  setPlaces(places: number): void;
  /** Figures since the last question. */
  takeSecond(): ServiceSecond;
  close(): Promise<void>;
};

export async function startQueueingService(options: {
  readonly workMs: number;
  readonly places: number;
  readonly longestLine: number;
}): Promise<QueueingService> {
  const { workMs, longestLine } = options;
  let { places } = options;
  let working = 0;
  const line: (() => void)[] = [];
  let [done, totalMs, refused, peak] = [0, 0, 0, 0];

  async function serve(response: ServerResponse): Promise<void> {
    if (line.length >= longestLine) {
      refused += 1;
      response.writeHead(503).end();
      return;
    }
    const cameAt = performance.now();
    peak = Math.max(peak, working + line.length + 1);
    // whoever leaves hands his place on: a place that is handed on was never free
    if (working >= places) await new Promise<void>((resolve) => line.push(resolve));
    else working += 1;
    await delay(workMs);
    const next = working <= places ? line.shift() : undefined;
    if (next === undefined) working -= 1;
    else next();
    done += 1;
    totalMs += performance.now() - cameAt;
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }

  const server = createServer((request, response) => {
    request.resume();
    void serve(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    setPlaces(wanted) {
      places = wanted;
      for (let next = line[0]; working < places && next !== undefined; next = line[0]) {
        line.shift();
        working += 1;
        next();
      }
    },
    takeSecond() {
      const second = { done, refused, peak, latencyMs: done === 0 ? null : totalMs / done };
      [done, totalMs, refused, peak] = [0, 0, 0, working + line.length];
      return second;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
