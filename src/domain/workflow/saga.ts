import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import { retryDelayMs, type RetryPolicy } from '#domain/policy/retry.ts';
import { compensationOrder, isUndoable, pivotPassedAt } from '#domain/workflow/compensation.ts';
import { stepDefinition, type WorkflowState } from '#domain/workflow/state.ts';

/** The saga rules: what follows a failure, by name. */

/**
 * Forward recovery: is a failed attempt tried again, and when?
 * @param attempt failed attempts so far, this one included
 * @returns epoch ms of the next attempt, null when the step has failed for good (SPEC 1 and 3)
 */
export function forwardRecovery(
  policy: RetryPolicy,
  attempt: number,
  failure: { readonly recoverable: boolean; readonly retryAfterMs: number | null },
  at: number,
): number | null {
  if (!failure.recoverable || attempt > policy.retries) return null;
  return at + Math.max(retryDelayMs(policy, attempt - 1), failure.retryAfterMs ?? 0);
}

export type BackwardRecovery =
  /** Undo what was done. */
  | 'compensate'
  /** Stand still for an operator; the workflow is not failed yet. */
  | 'pause'
  /** FAILED, and nothing is undone by itself. */
  | 'leave';

/** Backward recovery: what happens to a workflow one of whose steps has failed for good (SPEC 2, row fail). */
export function backwardRecovery(state: WorkflowState): BackwardRecovery {
  if (state.definition.onFailure === 'pause') return 'pause';
  if (state.definition.onFailure === 'fail') return 'leave';
  // past the point of no return an operator decides
  if (pivotPassedAt(state) > 0) return 'leave';
  return compensationOrder(state).length > 0 ? 'compensate' : 'leave';
}

/**
 * Consistency of a saga: every effect can be undone, or its definition says that it need not be; what is left to break is that
 * a pivot, the point of no return, has an undo.
 * @returns ids of the steps that break it, in the order of the definition
 */
export function checkSagaConsistency(definition: WorkflowDefinition): readonly string[] {
  return definition.steps
    .filter((step) => step.kind === 'call' && step.pivot && isUndoable(step))
    .map((step) => step.stepId);
}

export type CompensationProgress = {
  readonly total: number;
  readonly compensated: number;
  /** 0..100; 100 when there is nothing to undo */
  readonly percentage: number;
};

/** How far the undo of a workflow has come. */
export function compensationProgress(state: WorkflowState): CompensationProgress {
  const remaining = compensationOrder(state).length;
  let compensated = 0;
  for (const step of state.steps.values()) if (step.status === 'COMPENSATED') compensated += 1;
  const total = compensated + remaining;
  return { total, compensated, percentage: total === 0 ? 100 : (compensated / total) * 100 };
}

/** The undo of one step, or null where none is declared. */
export function compensationAction(definition: WorkflowDefinition, stepId: string) {
  const step = stepDefinition(definition, stepId);
  return step.kind === 'call' && step.compensation.strategy !== 'NONE' ? step.compensation : null;
}
