import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';

export type LossyProxy = {
  /** URL of the same database, by way of the proxy. */
  readonly url: string;
  /** The next so many answers to requests with these words reach nobody: the connection breaks instead. */
  loseAnswers(words: string, amount: number): void;
  /** Answers lost so far. */
  lost(): number;
};

/** Stands between a store and its server. The server carries out what it is asked; what it answers may get lost. */
export async function startLossyProxy(t: ExecutionContext, url: string): Promise<LossyProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let words = '';
  let toLose = 0;
  let lost = 0;

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let doomed = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (request) => {
      if (toLose > 0 && request.includes(words)) {
        toLose -= 1;
        doomed = true;
      }
      upstream.write(request);
    });
    upstream.on('data', (answer) => {
      if (!doomed) return void client.write(answer);
      lost += 1;
      client.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const own = new URL(url);
  own.port = String(address.port);
  // Else the driver would go to the address that the replica set gives of itself.
  own.searchParams.set('directConnection', 'true');
  return {
    url: own.href,
    loseAnswers(given, amount) {
      words = given;
      toLose = amount;
    },
    lost: () => lost,
  };
}
