import type { ExecutionContext } from 'ava';
import { endTogether, startProxy } from '#test/support/start-proxy.ts';

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
  let words = '';
  let toLose = 0;
  let lost = 0;

  const proxy = await startProxy((client, dial) => {
    const upstream = dial(target.hostname, Number(target.port));
    let doomed = false;
    endTogether(client, upstream);
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
  t.teardown(() => proxy.close());

  const own = new URL(url);
  own.port = String(proxy.port);
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
