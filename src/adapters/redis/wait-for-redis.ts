import pRetry from 'p-retry';
import type { Logger } from '#application/ports/logger.ts';
import { probeRedis, type RedisFacts } from '#adapters/redis/probe.ts';

/**
 * Resolves when the server answers and has loaded its data, however long that takes: servers and engine may be started
 * in any order.
 * @param url may hold a password; only host and port are logged
 * @throws the reason of `signal`, when that aborts first
 */
export async function waitForRedis(
  url: string,
  logger: Logger,
  signal?: AbortSignal,
): Promise<RedisFacts> {
  return await pRetry(
    async () => {
      const facts = await probeRedis(url);
      if (facts.loading) throw new Error('it is loading its data');
      return facts;
    },
    {
      retries: Infinity,
      minTimeout: 100,
      maxTimeout: 5000,
      ...(signal && { signal }),
      onFailedAttempt: ({ error, attemptNumber }) => {
        logger.warn(`waiting for Redis at ${new URL(url).host} (attempt ${attemptNumber})`, {
          reason: error.message,
        });
      },
    },
  );
}
