import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { createJobQueue } from '#adapters/bullmq/job-queue.ts';
import { createQueueLimits } from '#adapters/bullmq/queue-limits.ts';
import { openRedis, producerConnection } from '#adapters/redis/connection.ts';
import { limitKeeper } from '#application/monitor/limit-keeper.ts';
import { createFakeClock } from '#test/support/fake-clock.ts';
import { loadViewOf } from '#test/support/load-figures.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';
import { redisForFile } from '#test/support/redis-server.ts';
import { until } from '#test/support/until.ts';

const server = redisForFile(test);
const [LIMITED, OPEN] = ['steps.limited', 'steps.open'];

/** Two queues on a real Redis, of which the registry limits one to 40, and workers that keep their limits. */
async function scene(t: ExecutionContext) {
  const redis = openRedis(producerConnection(server().url), 'limits', recordingLogger());
  await until(() => redis.status === 'ready');
  const { queues, close } = createJobQueue({
    connection: redis,
    prefix: `{${randomUUID()}}`,
    serviceNames: ['limited', 'open'],
    onError: () => {},
  });
  t.teardown(async () => {
    await close();
    redis.disconnect();
  });
  const clock = createFakeClock();
  const limits = createQueueLimits({ redis, queues });
  const logger = recordingLogger();
  const normal = new Map([[LIMITED, 40]]);
  return {
    redis,
    clock,
    limits,
    logger,
    newWorker: () => limitKeeper({ limits, normal, clock, logger }),
    async now() {
      const named = (name: string) => queues.find((queue) => queue.name === name);
      const [limited, open] = [named(LIMITED), named(OPEN)];
      return [await limited?.getGlobalConcurrency(), await open?.getGlobalConcurrency()];
    },
  };
}

test('the last decision of a monitor that is gone holds, and decays to normal within 50 s', async (t) => {
  const { clock, limits, newWorker, now, logger } = await scene(t);
  const workers = [newWorker(), newWorker()];
  const last = loadViewOf(clock.now(), []);
  await limits.apply(
    new Map([
      [LIMITED, 3],
      [OPEN, 1],
    ]),
    1,
  );
  const course: unknown[] = [];
  for (let second = 5; second <= 50; second += 5) {
    clock.move(5000);
    for (const look of workers) await look(last);
    if (second % 10 === 5) course.push([second, ...(await now())]);
  }
  t.deepEqual(course, [
    [5, 3, 1],
    [15, 3, 1],
    [25, 5, 1],
    [35, 16, 5],
    [45, 40, null],
  ]);
  t.deepEqual([...(await limits.throttled())], []);
  t.is(logger.lines.filter(({ level }) => level === 'warn').length, 1);
});

test('a monitor that is at work, or comes back, is left alone', async (t) => {
  const { clock, limits, newWorker, now } = await scene(t);
  const look = newWorker();
  await limits.apply(new Map([[OPEN, 2]]), 1);
  for (let second = 0; second < 60; second += 5) {
    clock.move(5000);
    await look(loadViewOf(clock.now() + 1000, []));
  }
  t.deepEqual(await now(), [null, 2]);
  const last = loadViewOf(clock.now(), []);
  clock.move(30_000);
  await look(last);
  clock.move(5000);
  await look(last);
  t.deepEqual(await now(), [null, 3], 'none was there: it rises');
  await limits.apply(new Map([[OPEN, 2]]), 1);
  clock.move(5000);
  await look(loadViewOf(clock.now(), []));
  t.deepEqual(await now(), [null, 2]);
});

test('what a person has set stays, monitor or not', async (t) => {
  const { clock, limits, newWorker, now } = await scene(t);
  const look = newWorker();
  await limits.ensure(new Map([[OPEN, 7]]));
  clock.move(100_000);
  await look(null);
  t.deepEqual(await now(), [null, 7]);
});

test('a worker that begins long after the last monitor does not wait, one that finds no view does', async (t) => {
  const { clock, limits, newWorker, now } = await scene(t);
  await limits.apply(new Map([[OPEN, 2]]), 1);
  const long = loadViewOf(clock.now(), []);
  clock.move(3_600_000);
  const wiped = newWorker();
  await wiped(null);
  clock.move(15_000);
  await wiped(null);
  t.deepEqual(await now(), [null, 2]);
  await newWorker()(long);
  t.deepEqual(await now(), [null, null]);
});
