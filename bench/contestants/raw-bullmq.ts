import { FlowProducer, Worker, type FlowJob } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'undici';
import { v7 } from 'uuid';
import { startAll } from '#bench/support/pace.ts';
import { stopwatch } from '#bench/support/stopwatch.ts';
import { finish, SERVICES, taskFromArgv, type Task } from '#bench/support/task.ts';

/**
 * The baseline: BullMQ by itself doing the same jobs. A flow of five jobs over five queues, each a POST to the stub. Nothing is
 * recorded, nothing is compensated, nothing survives the loss of Redis.
 */
const task = taskFromArgv();
const PREFIX = '{raw}';
type JobData = {
  readonly workflowId: string;
  readonly index: number;
  readonly startedAt: number;
};
const connection = new Redis(task.redisUrl, { maxRetriesPerRequest: null });
const pool = new Pool(task.stubUrl);
const flows = new FlowProducer({ connection, prefix: PREFIX });
const latenciesMs: number[] = [];
let toEnd = 0;
let allEnded = Promise.withResolvers<void>();

if (task.mode !== 'waiting') {
  const workers = SERVICES.map((service, step) => {
    const queue = `steps.${service}`;
    const options = { connection, prefix: PREFIX, concurrency: 50 };
    return new Worker<JobData>(queue, (job) => run(job.data, step), options);
  });
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
}
if (task.warmUp !== undefined) {
  await runAll({ ...task, mode: 'throughput', workflows: task.warmUp });
  latenciesMs.length = 0;
}
const measured = stopwatch();
await runAll(task);
finish({ ...measured(), latenciesMs, memory: [] });

async function runAll(all: Pick<Task, 'mode' | 'workflows' | 'perSecond'>): Promise<void> {
  toEnd = all.workflows;
  allEnded = Promise.withResolvers();
  await startAll(all, async (index) => {
    const data = { workflowId: v7(), index, startedAt: Date.now() };
    await flows.add(flowOf(data, SERVICES.length - 1));
  });
  if (all.mode !== 'waiting') await allEnded.promise;
}

function flowOf(data: JobData, step: number): FlowJob {
  return {
    name: `do step-${step}`,
    queueName: `steps.${SERVICES[step]}`,
    data: { ...data, stepId: `step-${step}`, dispatch: 1 },
    opts: {
      jobId: `${data.workflowId}.1.step-${step}`,
      removeOnComplete: true,
      removeOnFail: true,
      ignoreDependencyOnFailure: true,
      priority: 2000 - step,
      attempts: 4,
      backoff: { type: 'exponential', delay: 1000 },
    },
    ...(step > 0 ? { children: [flowOf(data, step - 1)] } : {}),
  };
}

async function run(data: JobData, step: number): Promise<void> {
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: `/operations/step-${step}`,
    headers: {
      'content-type': 'application/json',
      'idempotency-key': `${data.workflowId}:step-${step}:do`,
    },
    body: JSON.stringify({ orderId: `w${data.index}` }),
  });
  await body.json();
  if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
  if (step < SERVICES.length - 1) return;
  if (task.mode === 'latency') latenciesMs[data.index] = Date.now() - data.startedAt;
  toEnd -= 1;
  if (toEnd === 0) allEnded.resolve();
}
