import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { createQueueLimits } from '#adapters/bullmq/queue-limits.ts';
import { startStepWorkers } from '#adapters/bullmq/step-workers.ts';
import { openWorkerRedis } from '#adapters/redis/connection.ts';
import { QueueUnavailableError } from '#application/ports/errors.ts';
import { openJobQueue } from '#test/adapters/bullmq/open-job-queue.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';
import { redisForFile, startTestRedis } from '#test/support/redis-server.ts';
import { until } from '#test/support/until.ts';

const server = redisForFile(test);
const QUEUE = 'steps.picking-service';

async function queueOf(t: ExecutionContext, url: string) {
  const { queue, redis, prefix } = await openJobQueue(t, url, 'picking-service');
  return { redis, prefix, queue, limits: createQueueLimits({ redis, queues: queue.queues }) };
}

/** Two worker processes, as far as Redis can tell, whose jobs end when the test lets them. */
function workersOn(
  t: ExecutionContext,
  url: string,
  prefix: string,
  rateLimit: { max: number; perMs: number } | null = null,
) {
  const held: (() => void)[] = [];
  const state = { active: 0, peak: 0, begun: 0 };
  for (const _ of [1, 2]) {
    const connection = openWorkerRedis(url, 'worker', recordingLogger());
    const workers = startStepWorkers({
      connection,
      prefix,
      queues: [{ queueName: QUEUE, concurrency: 10, rateLimit }],
      async advance() {
        state.active += 1;
        state.begun += 1;
        state.peak = Math.max(state.peak, state.active);
        await new Promise<void>((resolve) => held.push(resolve));
        state.active -= 1;
        return { kind: 'done' };
      },
      now: () => Date.now(),
      logger: recordingLogger(),
    });
    t.teardown(async () => {
      for (const release of held) release();
      await workers.close(5000);
      connection.disconnect();
    });
  }
  return { state, release: () => held.splice(0).forEach((release) => release()) };
}

function jobs(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    priority: 'NORMAL' as const,
    direction: 'do' as const,
    jobs: [
      {
        workflowId: randomUUID(),
        stepId: `s${index}`,
        dispatch: 1,
        serviceName: 'picking-service',
        attempts: 1,
        delayMs: 0,
        place: 0,
      },
    ],
  }));
}

test('a limit holds over two workers together, and a higher one works at once', async (t) => {
  const { url } = server();
  const { queue, prefix, limits } = await queueOf(t, url);
  t.deepEqual(await limits.apply(new Map([[QUEUE, 3]]), 1), [QUEUE]);
  await queue.dispatch(jobs(60));
  const { state, release } = workersOn(t, url, prefix);
  await until(() => state.active === 3);
  release();
  await until(() => state.begun >= 6);
  t.is(state.peak, 3);

  await limits.apply(new Map([[QUEUE, 15]]), 1);
  release();
  await until(() => state.active === 15);
  t.is(state.peak, 15);

  await limits.apply(new Map([[QUEUE, null]]), 1);
  await until(() => {
    release();
    return state.begun === 60;
  });
});

test('only what differs is written, queues that we do not have are passed over', async (t) => {
  const { limits } = await queueOf(t, server().url);
  t.deepEqual(await limits.apply(new Map([[QUEUE, 5]]), 1), [QUEUE]);
  t.deepEqual(await limits.apply(new Map([[QUEUE, 5]]), 1), []);
  t.deepEqual(await limits.apply(new Map([['steps.nobody', 5]]), 1), []);
  t.deepEqual(await limits.apply(new Map([[QUEUE, null]]), 1), [QUEUE]);
});

test('a monitor that leads no more can not bring its limits back, also where its successor found nothing to change', async (t) => {
  const { limits, queue } = await queueOf(t, server().url);
  await limits.apply(new Map([[QUEUE, 5]]), 7);
  t.deepEqual(await limits.apply(new Map([[QUEUE, 5]]), 8), []);
  t.deepEqual(await limits.apply(new Map([[QUEUE, 1]]), 7), []);
  t.deepEqual(await limits.apply(new Map([[QUEUE, null]]), 7), []);
  t.is(await queue.queues[0]?.getGlobalConcurrency(), 5);
  t.deepEqual(await limits.apply(new Map([[QUEUE, null]]), 8), [QUEUE]);
  t.deepEqual(await limits.apply(new Map([[QUEUE, 1]]), 7), []);
  t.is(await queue.queues[0]?.getGlobalConcurrency(), null);
  t.deepEqual(await limits.apply(new Map([[QUEUE, 3]]), null), [QUEUE], 'workers, when none leads');
});

test('what a monitor has set is told from what others have, until it is settled', async (t) => {
  const { limits, queue } = await queueOf(t, server().url);
  await limits.ensure(new Map([[QUEUE, 20]]));
  t.deepEqual([...(await limits.throttled())], []);
  t.deepEqual(
    await limits.apply(new Map([[QUEUE, 20]]), 1),
    [],
    'the same limit, now answered for',
  );
  t.deepEqual([...(await limits.throttled())], [[QUEUE, 20]]);
  await limits.apply(new Map([[QUEUE, 4]]), 1);
  t.deepEqual([...(await limits.throttled())], [[QUEUE, 4]]);
  await limits.settle(new Map([[QUEUE, 20]]));
  t.deepEqual([...(await limits.throttled())], []);
  t.is(await queue.queues[0]?.getGlobalConcurrency(), 20);
  await limits.settle(new Map([[QUEUE, null]]));
  t.is(await queue.queues[0]?.getGlobalConcurrency(), null);
});

test('after Redis was wiped the next look sets the limit again', async (t) => {
  const redis = await startTestRedis();
  t.teardown(redis.dispose);
  const { redis: connection, limits, queue } = await queueOf(t, redis.url);
  await limits.apply(new Map([[QUEUE, 5]]), 1);
  await connection.flushall();
  t.deepEqual(await limits.apply(new Map([[QUEUE, 5]]), 1), [QUEUE]);
  t.is(await queue.queues[0]?.getGlobalConcurrency(), 5);
});

test('a worker sets the limit where there is none, and leaves a lower one', async (t) => {
  const { limits, queue } = await queueOf(t, server().url);
  await limits.ensure(new Map([[QUEUE, 20]]));
  t.is(await queue.queues[0]?.getGlobalConcurrency(), 20);
  await limits.apply(new Map([[QUEUE, 2]]), 1);
  await limits.ensure(new Map([[QUEUE, 20]]));
  t.is(await queue.queues[0]?.getGlobalConcurrency(), 2);
});

test('without Redis it says so', async (t) => {
  const redis = await startTestRedis();
  t.teardown(redis.dispose);
  const { limits } = await queueOf(t, redis.url);
  await redis.kill();
  await t.throwsAsync(limits.apply(new Map([[QUEUE, 5]]), 1), {
    instanceOf: QueueUnavailableError,
  });
});

test('the rate limit of the registry holds over two workers together', async (t) => {
  const { url } = server();
  const { queue, prefix } = await queueOf(t, url);
  const begunAt = performance.now();
  const { state, release } = workersOn(t, url, prefix, { max: 5, perMs: 500 });
  await queue.dispatch(jobs(20));
  await until(() => {
    release();
    return state.begun === 20;
  });
  // 5 at once, and 5 more in each of three further spans
  t.true(performance.now() - begunAt >= 1400, `${performance.now() - begunAt} ms`);
});
