import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { createJobQueue } from '#adapters/bullmq/job-queue.ts';
import { openRedis, producerConnection } from '#adapters/redis/connection.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';
import { until } from '#test/support/until.ts';

/** A queue of one service under a prefix of its own, and the connection that it stands on; both end with the test. */
export async function openJobQueue(t: ExecutionContext, redisUrl: string, serviceName: string) {
  const redis = openRedis(producerConnection(redisUrl), 'job queue of a test', recordingLogger());
  await until(() => redis.status === 'ready');
  const prefix = `{${randomUUID()}}`;
  const serviceNames = [serviceName];
  const queue = createJobQueue({
    connection: redis,
    prefix,
    serviceNames,
    onError: () => undefined,
  });
  t.teardown(async () => {
    await queue.close();
    redis.disconnect();
  });
  return { queue, redis, prefix };
}
