import type { StepJobPayload } from '#application/ports/job-queue.ts';

/** Where a job is, as the queue has it. */
export type JobSight = {
  readonly queue: string;
  readonly state: 'active' | 'waiting' | 'delayed' | 'moving' | 'missing';
  /** Jobs before it in line; null: it is not in line. */
  readonly ahead: number | null;
  readonly isPaused: boolean;
  /** How long the queue rests, ms; null: it does not. */
  readonly restsForMs: number | null;
};

/** Questions to the motor, for people. */
export interface QueueInsight {
  /** One answer per job, in one round trip; null: Redis does not answer. */
  look(
    jobs: readonly (StepJobPayload & { readonly serviceName: string | null })[],
  ): Promise<readonly JobSight[] | null>;
}
