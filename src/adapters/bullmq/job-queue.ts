import { FlowProducer, type FlowJob, type Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type {
  JobChain,
  JobQueue,
  QueueDepth,
  StepJob,
  StepJobPayload,
} from '#application/ports/job-queue.ts';
import { answered } from '#adapters/bullmq/answered.ts';
import { openQueue } from '#adapters/bullmq/open-queue.ts';
import {
  JOB_RETENTION,
  jobPriority,
  queueNameOf,
  STEP_BACKOFF,
  stepJobId,
} from '#queues/step-queues.ts';

/** States in which a job can still run. A job in `waiting-children` whose turn has come has lost its child. */
const ALIVE: ReadonlySet<string> = new Set(['waiting', 'prioritized', 'delayed', 'active']);

export type BullMqJobQueue = JobQueue & { readonly queues: readonly Queue[] };

/**
 * The motor on BullMQ: a chain is a flow, one that has but one job is added as it is; one queue per service.
 *
 * Who owns what: this object owns the Queue and FlowProducer objects; the connection belongs to the composition.
 * 1. Flows that are asked for in one turn of the event loop leave in one round trip (`addBulk`).
 * 2. `addBulk` reports no fault of a single job, and may be cut off half-way: the caller commits first and the reconciler finds
 *    whatever is missing, so nothing here is ever retried.
 */
export function createJobQueue(options: {
  /** A connection that fails fast: an API call must not wait for Redis to come back. */
  readonly connection: Redis;
  readonly prefix: string;
  readonly serviceNames: readonly string[];
  readonly onError: (error: Error) => void;
}): BullMqJobQueue {
  const { connection, prefix, onError } = options;
  const flows = new FlowProducer({ connection, prefix });
  flows.on('error', onError);
  const queues = new Map<string, Queue>();
  const services = new Map<Queue, string | null>();
  const queueOf = (serviceName: string | null): Queue => {
    const name = queueNameOf(serviceName);
    const known = queues.get(name);
    if (known !== undefined) return known;
    const queue = openQueue(name, { connection, prefix, onError });
    queues.set(name, queue);
    services.set(queue, serviceName);
    return queue;
  };
  for (const serviceName of [...options.serviceNames, null]) queueOf(serviceName);

  let pending: { readonly flow: FlowJob[]; readonly done: Promise<void> } | null = null;

  return {
    queues: [...queues.values()],
    async dispatch(chains) {
      await answered(Promise.all(chains.map((chain) => add(chain))));
    },
    async areAlive(jobs) {
      const alive = jobs.map(async (job) => {
        const [queue, id] = [queueOf(job.serviceName), stepJobId(job)];
        // an id may outlive what the job holds: it is still in its list, and nobody can run it
        const [state, held, delayed] = await Promise.all([
          queue.getJobState(id),
          connection.exists(queue.toKey(id)),
          connection.zscore(queue.toKey('delayed'), id),
        ]);
        return ALIVE.has(state) && held === 1 && delayedUntil(delayed) <= job.latestAt;
      });
      return await answered(Promise.all(alive));
    },
    async depths() {
      return await answered(
        Promise.all([...services].map(([queue, name]) => depthOf(queue, name))),
      );
    },
    async ping() {
      await answered(connection.ping());
    },
    async close() {
      await Promise.allSettled([flows.close(), ...[...queues.values()].map((q) => q.close())]);
    },
  };

  /** A job by itself costs half of what a flow of one does. */
  function add(chain: JobChain): Promise<unknown> {
    const [job, ...others] = chain.jobs;
    if (job !== undefined && others.length === 0) {
      const { name, data, opts } = nodeOf(job, chain);
      return queueOf(job.serviceName).add(name, data, opts);
    }
    pending ??= gather();
    pending.flow.push(flowOf(chain));
    return pending.done;
  }

  function gather() {
    const flow: FlowJob[] = [];
    const turn = new Promise<void>((resolve) => void setImmediate(resolve));
    const done = turn.then(async () => {
      pending = null;
      await flows.addBulk(flow);
    });
    return { flow, done };
  }
}

/** BullMQ's score of a delayed job holds its time, epoch ms, above 12 bits that keep those of one ms in order. @returns 0: not delayed */
function delayedUntil(score: string | null): number {
  return score === null ? 0 : Number(score) / 0x1000;
}

/** The chain as BullMQ nests it: the last step is the root, each step's child is the one before it. */
function flowOf(chain: JobChain): FlowJob {
  let node: FlowJob | null = null;
  for (const job of chain.jobs) {
    node = { ...nodeOf(job, chain), ...(node === null ? {} : { children: [node] }) };
  }
  if (node === null) throw new Error('a chain without jobs');
  return node;
}

function nodeOf(job: StepJob, chain: JobChain) {
  const { workflowId, stepId, dispatch } = job;
  return {
    name: `${chain.direction} ${stepId}`,
    queueName: queueNameOf(job.serviceName),
    data: { workflowId, stepId, dispatch } satisfies StepJobPayload,
    opts: {
      ...JOB_RETENTION,
      jobId: stepJobId(job),
      priority: jobPriority(chain.priority, chain.direction, job.place),
      attempts: job.attempts,
      backoff: { type: STEP_BACKOFF },
      ...(job.delayMs > 0 ? { delay: job.delayMs } : {}),
    },
  };
}

async function depthOf(queue: Queue, serviceName: string | null): Promise<QueueDepth> {
  const [counts, paused] = await Promise.all([
    queue.getJobCounts('waiting', 'prioritized', 'waiting-children', 'active', 'delayed'),
    queue.isPaused(),
  ]);
  const { waiting = 0, prioritized = 0, active = 0, delayed = 0 } = counts;
  return {
    queue: queue.name,
    serviceName,
    waiting: waiting + prioritized,
    active,
    delayed,
    paused,
  };
}
