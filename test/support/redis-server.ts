import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestFn } from 'ava';
import { freePort } from '#composition/executables.ts';
import { provideRedisProgram, thisMachine } from '#composition/redis-program.ts';
import { startRedisProcess, type RedisProcess } from '#composition/redis-process.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';

/** A Redis of one test file (or one test): its own process, port and folder. Starting one takes about 50 ms. */
export type TestRedis = {
  readonly url: string;
  readonly port: number;
  /** Ends it in good order, as an administrator would; nothing listens afterwards. */
  stop(): Promise<void>;
  /** kill -9. What was written within the last second may be lost. */
  kill(): Promise<void>;
  /** Starts it again after stop or kill: same port, same data. */
  start(): Promise<void>;
  /** Ends it for good and removes its data. */
  dispose(): Promise<void>;
};

/** For one test: `const redis = await startTestRedis(); t.teardown(redis.dispose);` */
export async function startTestRedis(): Promise<TestRedis> {
  const { kind, file: program } = await provideRedisProgram(thisMachine(), recordingLogger());
  if (kind === 'docker')
    throw new Error('tests stop and kill servers: put redis-server in the PATH');
  const dataDir = await mkdtemp(join(tmpdir(), 'wes-test-redis-'));
  let server = await startOnFreePort(program, dataDir);
  const { url, port } = server;
  return {
    url,
    port,
    stop: () => server.stop(),
    kill: () => server.kill(),
    start: async () => {
      server = await startRedisProcess(program, dataDir, port);
    },
    dispose: async () => {
      await server.kill();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/**
 * For a whole file: `const redis = redisForFile(test);` before its tests, `redis().url` within them.
 * Tests of one file share the server: give each its own key prefix, or run them serially.
 */
export function redisForFile<Context>(test: TestFn<Context>): () => TestRedis {
  let redis: TestRedis | null = null;
  test.before('a Redis for this file', async () => {
    redis = await startTestRedis();
  });
  test.after.always('its Redis goes', async () => {
    await redis?.dispose();
  });
  return () => {
    if (redis === null) throw new Error('the Redis of this file runs only while its tests do');
    return redis;
  };
}

/** Test files run side by side: another may snatch a port that was free a moment ago. */
async function startOnFreePort(program: string, dataDir: string): Promise<RedisProcess> {
  try {
    return await startRedisProcess(program, dataDir, await freePort());
  } catch {
    return await startRedisProcess(program, dataDir, await freePort());
  }
}
