import test, { type ExecutionContext } from 'ava';
import { stepJobId, stepQueueName } from '#queues/step-queues.ts';
import { openJobQueue } from '#test/adapters/bullmq/open-job-queue.ts';
import { redisForFile } from '#test/support/redis-server.ts';

const server = redisForFile(test);
const SERVICE = 'picking-service';

/** A queue with one chain of two jobs in it. */
async function scene(t: ExecutionContext) {
  const { queue, redis, prefix } = await openJobQueue(t, server().url, SERVICE);
  const job = (stepId: string) => ({
    ...{ workflowId: 'w', stepId, dispatch: 1, serviceName: SERVICE },
    ...{ attempts: 1, delayMs: 0, place: 0, latestAt: Infinity },
  });
  const [first, second] = [job('first'), job('second')];
  await queue.dispatch([{ priority: 'NORMAL', direction: 'do', jobs: [first, second] }]);
  const key = (what: string) => `${prefix}:${stepQueueName(SERVICE)}:${what}`;
  return { queue, redis, first, second, job, key };
}

test('of a chain the first job is alive, the second waits for it, and others are not there', async (t) => {
  const { queue, first, second, job } = await scene(t);
  t.deepEqual(await queue.areAlive([first, second, job('third')]), [true, false, false]);
});

test('a job of which only the id is left is not alive', async (t) => {
  const { queue, redis, first, key } = await scene(t);
  await redis.del(key(stepJobId(first)));
  t.deepEqual(await queue.areAlive([first]), [false]);
});

test('a job that rests beyond its time is not alive', async (t) => {
  const { queue, job } = await scene(t);
  const late = { ...job('late'), delayMs: 3_600_000 };
  await queue.dispatch([{ priority: 'NORMAL', direction: 'do', jobs: [late] }]);
  const [inTime, tooEarly] = [Date.now() + 3_660_000, Date.now() + 3_540_000];
  t.deepEqual(await queue.areAlive([{ ...late, latestAt: inTime }]), [true]);
  t.deepEqual(await queue.areAlive([{ ...late, latestAt: tooEarly }]), [false]);
});
