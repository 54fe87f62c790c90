import {
  DelayedError,
  RateLimitError,
  Worker,
  type ConnectionOptions,
  type Job,
  type Queue,
} from 'bullmq';
import type { Advance, Delivery } from '#application/advance.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { StepJobPayload } from '#application/ports/job-queue.ts';
import type { Logger } from '#application/ports/logger.ts';
import { openQueue } from '#adapters/bullmq/open-queue.ts';
import {
  GRAVE_REST_MS,
  isGrave,
  mustRest,
  restAfter,
  SUSPECT_REST_MS,
} from '#adapters/bullmq/suspects.ts';
import { STEP_BACKOFF, stepJobSchema } from '#queues/step-queues.ts';

/**
 * A job of a dead worker is free when its lock has run out and a check has seen that: after 9 s at worst, so that with the rest of a
 * suspect nothing stands still for 15 s (ADR 21 has the sum; BullMQ's own figures take a minute). Locks are renewed so often that an
 * event loop may be held up for 5 s without losing one.
 */
export const LOCK_MS = 7000;
const LOCK_RENEWAL_MS = 2000;
const STALL_CHECK_MS = 1000;

/**
 * How long a worker waits for a job in one read of an empty queue, in s. A read that has not come back a second later is given up by
 * BullMQ, which is how a connection that has gone silent is noticed there.
 */
const WAIT_S = 2;

/** Attempts are counted in the store; a job whose worker died often is given up there, not by BullMQ. */
const MAX_STALLED = 1_000_000;

/** Parking a queue (`rateLimit`) needs some limiter on its workers; this one limits nothing. */
const NO_LIMIT = { max: 1_000_000_000, duration: 1000 };

/** How long a job rests that could not be committed because the store was away. */
const STORE_AWAY_MS = 1000;

/** When nothing runs any more, Redis gets so long to hear that the last jobs are done; else they are brought again, and do nothing. */
const GOODBYE_MS = 2000;

/** A queue rests at least so long when it is parked: probes of a half-open breaker are awaited, not polled. */
const MIN_PARK_MS = 50;

export type StepQueueSettings = {
  readonly queueName: string;
  /** Jobs that this process runs at a time. */
  readonly concurrency: number;
  /** Calls over all processes together; null: no limit. */
  readonly rateLimit: { readonly max: number; readonly perMs: number } | null;
};

export type StepWorkers = {
  /** Resolves when every queue is being waited on. Without Redis that is when it is back. */
  ready(): Promise<void>;
  /** Takes no new job, waits for the running ones and is done within this time; what then still runs is taken over by others. */
  close(graceMs: number): Promise<void>;
};

/** Thrown to make BullMQ bring the job again after its backoff. */
class AttemptFailedError extends Error {
  readonly delayMs: number;
  constructor(delayMs: number) {
    super(`next attempt in ${delayMs} ms`);
    this.name = 'AttemptFailedError';
    this.delayMs = delayMs;
  }
}

/** Workers of this process, one for each queue it serves. Each job is a hint that `advance` follows up. */
export function startStepWorkers(options: {
  readonly connection: ConnectionOptions;
  readonly prefix: string;
  readonly queues: readonly StepQueueSettings[];
  readonly advance: (job: StepJobPayload, delivery: Delivery) => Promise<Advance>;
  readonly now: () => number;
  readonly logger: Logger;
}): StepWorkers {
  const { connection, prefix, advance, now, logger } = options;
  let jobsRunning = 0;
  let idleListener: (() => void) | null = null;
  /** One that has been in hand at so many deaths is in hand now. */
  let isGraveInHand = false;
  const running = options.queues.map((settings) => {
    const { queueName } = settings;
    const onError = (error: Error) => logger.warn('queue error', { queue: queueName, error });
    const queue = openQueue(queueName, { connection, prefix, onError });
    const worker = new Worker(queueName, (job, token) => counted(queue, job, token), {
      connection,
      prefix,
      concurrency: settings.concurrency,
      lockDuration: LOCK_MS,
      lockRenewTime: LOCK_RENEWAL_MS,
      stalledInterval: STALL_CHECK_MS,
      drainDelay: WAIT_S,
      maxStalledCount: MAX_STALLED,
      // for jobs that others added: ours say it themselves
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      limiter: limiterOf(settings),
      settings: { backoffStrategy },
    });
    worker.on('error', (error) => logger.warn('worker error', { queue: queue.name, error }));
    worker.on('lockRenewalFailed', (jobIds) =>
      logger.warn('lost the lock of jobs: another worker may take them', { jobIds }),
    );
    return { queue, worker };
  });

  return {
    async ready() {
      await Promise.all(running.map(({ worker }) => worker.waitUntilReady()));
    },
    async close(graceMs) {
      const closing = running.map(async ({ worker, queue }) => {
        await worker.close();
        await queue.close();
      });
      // without Redis a worker never closes, and once it was asked to it can't be forced any more
      const closed = Promise.allSettled(closing);
      const idle = whenIdle().then(() => elapsed(GOODBYE_MS));
      await Promise.race([closed, idle, elapsed(graceMs)]);
    },
  };

  async function counted(queue: Queue, job: Job, token: string | undefined): Promise<void> {
    jobsRunning += 1;
    try {
      await run(queue, job, token);
    } finally {
      jobsRunning -= 1;
      if (jobsRunning === 0) idleListener?.();
    }
  }

  function whenIdle(): Promise<void> {
    if (jobsRunning === 0) return Promise.resolve();
    return new Promise((resolve) => (idleListener = resolve));
  }

  async function run(queue: Queue, job: Job, token: string | undefined): Promise<void> {
    const payload = stepJobSchema.safeParse(job.data);
    if (!payload.success) {
      logger.warn('a job that is none of ours was dropped', { queue: queue.name, jobId: job.id });
      return;
    }
    if (mustRest(job)) {
      await job.updateProgress(restAfter(job));
      const rest = { kind: 'not-before', at: now() + Math.random() * SUSPECT_REST_MS } as const;
      return await follow(queue, job, token, rest);
    }
    const work = async () => follow(queue, job, token, await attempt(payload.data, job));
    await (isGrave(job) ? alone(queue, job, token, work) : work());
  }

  /** Those that wait for their turn are not held in hand meanwhile: they would be there at the next death. */
  async function alone(
    queue: Queue,
    job: Job,
    token: string | undefined,
    work: () => Promise<void>,
  ): Promise<void> {
    if (isGraveInHand) {
      const rest = { kind: 'not-before', at: now() + Math.random() * GRAVE_REST_MS } as const;
      return await follow(queue, job, token, rest);
    }
    isGraveInHand = true;
    try {
      await work();
    } finally {
      isGraveInHand = false;
    }
  }

  async function attempt(payload: StepJobPayload, job: Job): Promise<Advance> {
    try {
      const takenBefore = job.attemptsStarted > 1;
      return await advance(payload, { stalls: job.stalledCounter, takenBefore });
    } catch (error) {
      const why = error instanceof StoreUnavailableError ? 'the store is away' : 'unexpected fault';
      logger.error(`a step could not be advanced: ${why}`, { ...payload, error });
      return { kind: 'not-before', at: now() + STORE_AWAY_MS };
    }
  }

  /** Tells BullMQ what becomes of the job. Returns nothing: results live in the log, not in Redis. */
  async function follow(
    queue: Queue,
    job: Job,
    token: string | undefined,
    outcome: Advance,
  ): Promise<void> {
    switch (outcome.kind) {
      case 'done':
        return;
      case 'not-before':
        await job.moveToDelayed(outcome.at, token);
        throw new DelayedError();
      case 'parked':
        await queue.rateLimit(Math.max(MIN_PARK_MS, outcome.until - now()));
        throw new RateLimitError();
      case 'retry': {
        if (outcome.parkMs !== null) await queue.rateLimit(outcome.parkMs);
        const attemptsLeft = job.attemptsMade + 1 < (job.opts.attempts ?? 1);
        if (attemptsLeft) throw new AttemptFailedError(Math.max(0, outcome.at - now()));
        // the store grants an attempt that this job has not: it was dispatched anew in between
        await job.moveToDelayed(outcome.at, token);
        throw new DelayedError();
      }
    }
  }
}

function limiterOf({ rateLimit }: StepQueueSettings) {
  return rateLimit === null ? NO_LIMIT : { max: rateLimit.max, duration: rateLimit.perMs };
}

/** The domain has decided when the next attempt is due; BullMQ only carries it out. */
function backoffStrategy(_attempts: number, type?: string, error?: Error): number {
  if (type === STEP_BACKOFF && error instanceof AttemptFailedError) return error.delayMs;
  return STORE_AWAY_MS;
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
