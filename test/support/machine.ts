import type { ExecutionContext } from 'ava';
import { Redis } from 'ioredis';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { probeRedis } from '#adapters/redis/probe.ts';
import { provideRedisProgram, thisMachine } from '#composition/redis-program.ts';
import { startRedis, type StartRedisOptions } from '#composition/redis-server.ts';
import { pathWith, temporaryFolder } from '#test/support/programs.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';

/** The real program of this machine. */
export const redisServer = (await provideRedisProgram(thisMachine(), recordingLogger())).file;

/** A machine with nothing on it but what a test puts there; `start` climbs the ladder of startRedis on it. */
export async function machine(t: ExecutionContext, programs: Parameters<typeof pathWith>[1]) {
  const folder = await temporaryFolder(t);
  const logger = recordingLogger();
  const surroundings = {
    path: await pathWith(folder, programs),
    standardPort: await quietPort(),
    policyFile: join(folder, 'policy-rc.d'),
  };
  const dataDir = join(folder, 'redis');
  const start = async (options: Partial<StartRedisOptions> = {}) => {
    const server = await startRedis({ mode: 'ladder', dataDir, logger, surroundings, ...options });
    t.teardown(() => server.stop());
    return server;
  };
  const standardUrl = `redis://127.0.0.1:${surroundings.standardPort}`;
  return { folder, logger, surroundings, dataDir, start, standardUrl };
}

/**
 * A port that nobody listens on, and that no test running beside this one is given: outside the range that the kernel
 * hands out.
 */
async function quietPort(): Promise<number> {
  const port = randomInt(10_000, 30_000);
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return await quietPort();
  }
  server.close();
  await once(server, 'close');
  return port;
}

/** One question to a server, on a connection of its own. */
export async function ask<Answer>(url: string, question: (redis: Redis) => Promise<Answer>) {
  const redis = new Redis(url, { retryStrategy: null });
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

export async function answers(url: string): Promise<boolean> {
  return await probeRedis(url).then(
    () => true,
    () => false,
  );
}
