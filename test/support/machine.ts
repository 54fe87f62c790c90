import type { ExecutionContext } from 'ava';
import { Redis } from 'ioredis';
import { join } from 'node:path';
import { probeRedis } from '#adapters/redis/probe.ts';
import { freePort } from '#composition/executables.ts';
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
    standardPort: await freePort(),
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
