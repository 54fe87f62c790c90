import { z } from 'zod';
import type { WorkflowPriority } from '#domain/workflow/vocabulary.ts';

/** The queues of the engine: one per service, and one for the engine's own timers. */

/** Name of a service's queue: a bulkhead of its own, which can be paused, limited and parked alone. */
export function stepQueueName(serviceName: string): string {
  return `steps.${serviceName}`;
}

/** Waits that are over and nothing else: no service is called from it. */
export const TIMER_QUEUE = 'timers';

/** The queue of a step; null stands for the engine itself. */
export function queueNameOf(serviceName: string | null): string {
  return serviceName === null ? TIMER_QUEUE : stepQueueName(serviceName);
}

/**
 * All that a job carries. Whoever can write to Redis can write jobs, so what comes back is parsed as untrusted, and it only ever
 * points at a workflow: the store decides what is due.
 */
export const stepJobSchema = z.strictObject({
  workflowId: z.string().min(1).max(64),
  stepId: z.string().min(1).max(128),
  dispatch: z.int().min(1),
});

/** Unique for ever: a dispatch number is never used twice in a workflow (BullMQ silently ignores an id that it has). */
export function stepJobId(job: {
  readonly workflowId: string;
  readonly stepId: string;
  readonly dispatch: number;
}): string {
  return `${job.workflowId}.${job.dispatch}.${job.stepId}`;
}

/** Room between two priority classes: more than a workflow has steps (200, SPEC 8), twice. */
const STRIDE = 1000;
const CLASS: Record<WorkflowPriority, number> = { HIGH: 1, NORMAL: 2, LOW: 3 };

/**
 * BullMQ priority, 1 the most urgent (0 would beat them all). Within a class later steps come first, so that begun workflows end
 * before new ones begin, and undo comes before do: it frees stock and dock.
 * @param place how far on in its workflow (or its undo), from 0
 */
export function jobPriority(
  priority: WorkflowPriority,
  direction: 'do' | 'undo',
  place: number,
): number {
  const head = direction === 'undo' ? STRIDE / 2 : 0;
  return CLASS[priority] * STRIDE - head - place;
}

/**
 * Retention and failure of every node of a chain. Nothing is kept: the log tells the history. Without `ignoreDependencyOnFailure`
 * a failed child would leave its parent waiting for ever.
 */
export const JOB_RETENTION = {
  removeOnComplete: true,
  removeOnFail: true,
  ignoreDependencyOnFailure: true,
} as const;

/** BullMQ backoff type of step jobs; the delay is computed from the step's policy when the attempt fails. */
export const STEP_BACKOFF = 'step-policy';
