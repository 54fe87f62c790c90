import { FlowProducer, Worker, type FlowJob } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'undici';
import { finish, SERVICES, startAll, stopwatch, taskFromArgv } from '#bench/support/task.ts';

/**
 * The baseline: BullMQ by itself doing the same jobs. A flow of five jobs over five queues, each a POST to the stub. Nothing is
 * recorded, nothing is compensated, nothing survives the loss of Redis.
 */
const task = taskFromArgv();
const connection = new Redis(task.redisUrl, { maxRetriesPerRequest: null });
const pool = new Pool(task.stubUrl);
const flows = new FlowProducer({ connection, prefix: '{raw}' });
const latenciesMs: number[] = [];
let ended = 0;
let allEnded = () => {};
const done = new Promise<void>((resolve) => {
  allEnded = resolve;
});

const node = (index: number, step: number, startedAt: number): FlowJob => ({
  name: `do step-${step}`,
  queueName: `steps.${SERVICES[step]}`,
  data: { workflowId: `w${index}`, stepId: `step-${step}`, dispatch: 1, startedAt },
  opts: {
    jobId: `w${index}.1.step-${step}`,
    removeOnComplete: true,
    removeOnFail: true,
    ignoreDependencyOnFailure: true,
    priority: 2000 - step,
    attempts: 4,
    backoff: { type: 'exponential', delay: 1000 },
  },
  ...(step > 0 ? { children: [node(index, step - 1, startedAt)] } : {}),
});

if (task.mode !== 'waiting') {
  const workers = SERVICES.map(
    (service, step) =>
      new Worker(`steps.${service}`, (job) => run(job.data, step), {
        connection,
        prefix: '{raw}',
        concurrency: 50,
      }),
  );
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
}
const measured = stopwatch();
await startAll(task, 50, async (index) => {
  await flows.add(node(index, SERVICES.length - 1, Date.now()));
});
if (task.mode !== 'waiting') await done;
finish({ ...measured(), latenciesMs });

async function run(data: { workflowId: string; startedAt: number }, step: number): Promise<void> {
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: `/operations/step-${step}`,
    headers: {
      'content-type': 'application/json',
      'idempotency-key': `${data.workflowId}:step-${step}:do`,
    },
    body: JSON.stringify({ orderId: data.workflowId }),
  });
  await body.json();
  if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
  if (step < SERVICES.length - 1) return;
  if (task.mode === 'latency') latenciesMs.push(Date.now() - data.startedAt);
  ended += 1;
  if (ended === task.workflows) allEnded();
}
