import type { WorkflowPriority } from '#domain/workflow/vocabulary.ts';

/** All that a job carries: a hint to look at the workflow. Validated as untrusted when it comes back. */
export type StepJobPayload = {
  readonly workflowId: string;
  readonly stepId: string;
  readonly dispatch: number;
};

/** One step to be handed to the queue. */
export type StepJob = StepJobPayload & {
  /** The service whose queue it goes to; null: the timer queue of the engine itself. */
  readonly serviceName: string | null;
  /** How far on in its workflow, from 0: of one priority the furthest goes first, so that what was begun ends. */
  readonly place: number;
  /** Attempts that the step's policy allows (retries + 1). */
  readonly attempts: number;
  /** Not before this long from now; 0: at once. */
  readonly delayMs: number;
};

/** A job that should be there. */
export type AwaitedJob = StepJobPayload & {
  readonly serviceName: string | null;
  /** By when it must come, epoch ms: one that rests for longer is as good as gone. */
  readonly latestAt: number;
};

/** Jobs that run one after the other, first to last, at one priority. */
export type JobChain = {
  readonly priority: WorkflowPriority;
  readonly direction: 'do' | 'undo';
  readonly jobs: readonly StepJob[];
};

export type QueueDepth = {
  readonly queue: string;
  /** The service whose steps it holds; null: the engine's own timers. */
  readonly serviceName: string | null;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly paused: boolean;
};

/** The motor. Nothing in it is ever needed to know what a workflow's state is: it may lose, double or reorder jobs. */
export interface JobQueue {
  /** Adds the chains; rejects with QueueUnavailableError when Redis is away. */
  dispatch(chains: readonly JobChain[]): Promise<void>;
  /** For each job: is it there and able to run in time (waiting, active, or delayed until then)? */
  areAlive(jobs: readonly AwaitedJob[]): Promise<readonly boolean[]>;
  /** How many jobs each queue holds, by what they wait for. */
  depths(): Promise<readonly QueueDepth[]>;
  /** Resolves when Redis answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
