import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { Worker } from 'bullmq';
import { LOCK_MS, startStepWorkers } from '#adapters/bullmq/step-workers.ts';
import { openWorkerRedis } from '#adapters/redis/connection.ts';
import { stepJobId, stepQueueName } from '#queues/step-queues.ts';
import { openJobQueue } from '#test/adapters/bullmq/open-job-queue.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';
import { redisForFile } from '#test/support/redis-server.ts';
import { until } from '#test/support/until.ts';

const server = redisForFile(test);
const SERVICE = 'picking-service';
const QUEUE = stepQueueName(SERVICE);
/** Nothing may stand still for longer. */
const IDLE_LIMIT_MS = 15_000;

type Run = { readonly stepId: string; readonly stalls: number; readonly timesTaken: number };

/** A queue with jobs in it, and workers that note what they ran. */
async function scene(t: ExecutionContext, stepIds: readonly string[]) {
  const { url } = server();
  const { queue, redis, prefix } = await openJobQueue(t, url, SERVICE);
  const jobs = stepIds.map((stepId) => ({
    ...{ workflowId: 'w', stepId, dispatch: 1, serviceName: SERVICE },
    ...{ attempts: 1, delayMs: 0, place: 0 },
  }));
  await queue.dispatch(
    jobs.map((job) => ({ priority: 'NORMAL', direction: 'do', jobs: [job] }) as const),
  );
  const keyOf = (stepId: string) =>
    `${prefix}:${QUEUE}:${stepJobId({ workflowId: 'w', stepId, dispatch: 1 })}`;
  return { redis, prefix, keyOf, startWorkers };

  /** @param work what a job takes its time for */
  function startWorkers(work: (stepId: string) => Promise<void> = async () => {}): readonly Run[] {
    const runs: Run[] = [];
    const connection = openWorkerRedis(url, 'worker', recordingLogger());
    const workers = startStepWorkers({
      connection,
      prefix,
      queues: [{ queueName: QUEUE, concurrency: 50, rateLimit: null }],
      async advance({ stepId }, { stalls, takenBefore }) {
        const timesTaken = Number(await redis.hget(keyOf(stepId), 'ats'));
        t.is(takenBefore, timesTaken > 1);
        runs.push({ stepId, stalls, timesTaken });
        await work(stepId);
        return { kind: 'done' };
      },
      now: () => Date.now(),
      logger: recordingLogger(),
    });
    t.teardown(async () => {
      await workers.close(5000);
      connection.disconnect();
    });
    return runs;
  }
}

test('a worker leaves the event stream of its queue as short as the producers want it', async (t) => {
  const { redis, prefix, startWorkers } = await scene(t, ['a']);
  const kept = () => redis.hget(`${prefix}:${QUEUE}:meta`, 'opts.maxLenEvents');
  await until(async () => (await kept()) === '1000');
  const runs = startWorkers();
  await until(() => runs.length === 1);
  t.is(await kept(), '1000');
});

test('what a worker had in hand that dies is run by another before it has stood still for too long', async (t) => {
  const { prefix, startWorkers } = await scene(t, ['a']);
  const connection = openWorkerRedis(server().url, 'the one that dies', recordingLogger());
  const options = { connection, prefix, lockDuration: LOCK_MS, autorun: false };
  const dying = new Worker(QUEUE, null, options);
  t.teardown(async () => {
    await dying.close();
    connection.disconnect();
  });
  // its lock is as fresh as it can be, and nobody renews it
  t.truthy(await dying.getNextJob(randomUUID()));
  const diedAt = performance.now();
  const runs = startWorkers();
  await until(() => runs.length === 1, IDLE_LIMIT_MS);
  t.deepEqual(runs, [{ stepId: 'a', stalls: 1, timesTaken: 2 }]);
  t.log(`${((performance.now() - diedAt) / 1000).toFixed(1)} s`);
});

test('a job that was in hand at two deaths rests before it is run, once', async (t) => {
  const stepIds = Array.from({ length: 20 }, (_, index) => `s${index}`);
  const { redis, keyOf, startWorkers } = await scene(t, stepIds);
  for (const stepId of stepIds) await redis.hset(keyOf(stepId), 'stc', 2);
  const runs = startWorkers();
  await until(() => runs.length === stepIds.length, IDLE_LIMIT_MS);
  t.deepEqual(runs.map(({ stepId }) => stepId).toSorted(), stepIds.toSorted());
  t.deepEqual(
    [...new Set(runs.map(({ timesTaken }) => timesTaken))],
    [2],
    'once to rest, once to run',
  );
});

test('of jobs that were in hand at three deaths a worker has one in hand at a time, and others beside it', async (t) => {
  const stepIds = ['s0', 's1', 's2', 's3'];
  const { redis, keyOf, startWorkers } = await scene(t, [...stepIds, 'innocent']);
  for (const stepId of stepIds) await redis.hset(keyOf(stepId), 'stc', 3);
  const inHand = new Set<string>();
  const seen: string[] = [];
  const runs = startWorkers(async (stepId) => {
    if (stepId === 'innocent') return;
    inHand.add(stepId);
    seen.push([...inHand].join());
    await delay(400);
    inHand.delete(stepId);
  });
  await until(() => runs.length === stepIds.length + 1, IDLE_LIMIT_MS);
  t.deepEqual(seen.toSorted(), stepIds);
});

test('a job that was in hand at one death is run at once', async (t) => {
  const { redis, keyOf, startWorkers } = await scene(t, ['a']);
  await redis.hset(keyOf('a'), 'stc', 1);
  const runs = startWorkers();
  await until(() => runs.length === 1);
  t.deepEqual(runs, [{ stepId: 'a', stalls: 1, timesTaken: 1 }]);
});
