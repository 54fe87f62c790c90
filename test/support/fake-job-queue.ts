import type { Advance } from '#application/advance.ts';
import type { Clock } from '#application/ports/clock.ts';
import { QueueUnavailableError } from '#application/ports/errors.ts';
import type { JobChain, JobQueue, StepJob } from '#application/ports/job-queue.ts';

/** A job as the fake keeps, and changes, it. */
export type FakeJob = StepJob & {
  readonly direction: JobChain['direction'];
  /** blocked: the job before it in its chain is not done. */
  state: 'blocked' | 'waiting' | 'active';
  /** Nobody may take it before; epoch ms. */
  notBefore: number;
  /** How often its worker died over it. */
  stalls: number;
  timesTaken: number;
  /** The job that may begin when this one is done. */
  readonly next: FakeJob | null;
};

/**
 * A fake of the motor: chains, delays, parked queues and stalls as BullMQ has them, but nothing runs by itself. A test takes jobs,
 * says what became of them, and may lose them or take the whole queue away.
 */
export type FakeJobQueue = JobQueue & {
  /** All chains ever dispatched. */
  readonly chains: readonly JobChain[];
  readonly jobs: readonly FakeJob[];
  /** Jobs that a worker may take now. */
  ready(): readonly FakeJob[];
  take(job: FakeJob): void;
  /** A worker has done with the job what `advance` told it to do. */
  settle(job: FakeJob, outcome: Advance): void;
  /** The worker died over the job: it comes again. */
  stall(job: FakeJob): void;
  /** The worker could not say what became of the job, e.g. without its store: it comes again a little later. */
  fail(job: FakeJob): void;
  lose(job: FakeJob): void;
  /** FLUSHALL. */
  loseAll(): void;
  /** From now on nothing is answered, until `false`. */
  goAway(away: boolean): void;
  /** The wall clock jumped; how long a queue is parked Redis measures by itself. */
  shift(ms: number): void;
};

/** How long a job rests whose delivery ended in an error. */
const FAILED_REST_MS = 1000;

export function createFakeJobQueue(clock: Clock): FakeJobQueue {
  const chains: JobChain[] = [];
  const jobs = new Set<FakeJob>();
  /** By service: nobody may take its jobs before; epoch ms. */
  const parked = new Map<string | null, number>();
  let isAway = false;

  async function answer<T>(work: () => T): Promise<T> {
    if (isAway) throw new QueueUnavailableError('the fake queue is away');
    return work();
  }

  /** BullMQ ignores a job that comes under the id of one that is there. */
  function isThere({ workflowId, stepId, dispatch }: StepJob): boolean {
    return [...jobs].some(
      (job) => job.workflowId === workflowId && job.stepId === stepId && job.dispatch === dispatch,
    );
  }

  function add(chain: JobChain): void {
    chains.push(chain);
    if (chain.jobs.length === 1 && chain.jobs.every(isThere)) return;
    let next: FakeJob | null = null;
    for (const job of chain.jobs.toReversed()) {
      // without a delay no clock is asked
      const notBefore = job.delayMs === 0 ? 0 : clock.now() + job.delayMs;
      next = {
        ...job,
        direction: chain.direction,
        state: 'blocked',
        notBefore,
        stalls: 0,
        timesTaken: 0,
        next,
      };
      jobs.add(next);
    }
    if (next !== null) next.state = 'waiting';
  }

  function bringAgain(job: FakeJob, notBefore: number): void {
    job.state = 'waiting';
    job.notBefore = notBefore;
  }

  function settle(job: FakeJob, outcome: Advance): void {
    // a job that was lost meanwhile lets nobody go on
    if (!jobs.has(job)) return;
    switch (outcome.kind) {
      case 'done':
        jobs.delete(job);
        if (job.next?.state === 'blocked') job.next.state = 'waiting';
        return;
      case 'parked':
        parked.set(job.serviceName, outcome.until);
        return bringAgain(job, 0);
      case 'retry':
        if (outcome.parkMs !== null) parked.set(job.serviceName, clock.now() + outcome.parkMs);
        return bringAgain(job, outcome.at);
      case 'not-before':
        return bringAgain(job, outcome.at);
    }
  }

  return {
    chains,
    get jobs() {
      return [...jobs];
    },
    ready: () =>
      [...jobs].filter(
        ({ state, notBefore, serviceName }) =>
          state === 'waiting' &&
          notBefore <= clock.now() &&
          (parked.get(serviceName) ?? 0) <= clock.now(),
      ),
    take(job) {
      job.state = 'active';
      job.timesTaken += 1;
    },
    settle,
    stall(job) {
      job.stalls += 1;
      job.state = 'waiting';
    },
    fail(job) {
      bringAgain(job, clock.now() + FAILED_REST_MS);
    },
    lose: (job) => void jobs.delete(job),
    loseAll: () => jobs.clear(),
    goAway(away) {
      isAway = away;
    },
    shift(ms) {
      for (const [serviceName, until] of parked) parked.set(serviceName, until + ms);
    },
    dispatch: (added) => answer(() => added.forEach(add)),
    areAlive: (asked) =>
      answer(() =>
        asked.map(({ workflowId, stepId, dispatch, latestAt }) =>
          [...jobs].some(
            (job) =>
              job.workflowId === workflowId &&
              job.stepId === stepId &&
              job.dispatch === dispatch &&
              job.state !== 'blocked' &&
              (job.state === 'active' || job.notBefore <= latestAt),
          ),
        ),
      ),
    depths: () =>
      answer(() => {
        const states = [...jobs].map((job) =>
          job.notBefore > clock.now() ? 'delayed' : job.state,
        );
        const active = states.filter((state) => state === 'active').length;
        const delayed = states.filter((state) => state === 'delayed').length;
        const waiting = states.length - active - delayed;
        return [{ queue: 'all', serviceName: null, waiting, active, delayed, paused: false }];
      }),
    ping: () => answer(() => {}),
    close: async () => {},
  };
}
