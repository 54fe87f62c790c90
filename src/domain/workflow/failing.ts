import type { StepDefinition } from '#domain/definition/definition.ts';
import {
  compensationOrder,
  mayCompensate,
  mayHaveBegun,
  pivotPassedAt,
  pivotUnderWay,
  stepsUnderWay,
} from '#domain/workflow/compensation.ts';
import { emit, type Draft } from '#domain/workflow/draft.ts';
import type { EventOf, FailureCode } from '#domain/workflow/events.ts';
import { backwardRecovery } from '#domain/workflow/saga.ts';
import { stepDefinition, type StepState, type WorkflowState } from '#domain/workflow/state.ts';
import { callTimeoutMs, DEFAULT_CALL_TIMEOUT_MS, DRAIN_SLACK_MS } from '#domain/workflow/timing.ts';

/** Records a failed attempt of a step. An optional one that has failed for good is skipped. */
export function recordStepFailure(
  draft: Draft,
  { stepId, stepName, optional }: StepDefinition,
  failure: Omit<EventOf<'WorkflowStepFailed'>, 'type' | 'stepId' | 'stepName'>,
): void {
  emit(draft, { type: 'WorkflowStepFailed', stepId, stepName, ...failure });
  if (failure.nextRetryAt !== null || !optional) return;
  const reason = `optional step failed: ${failure.errorCode} ${failure.errorMessage}`;
  emit(draft, { type: 'StepSkipped', stepId, cause: 'optional', reason });
}

/** A step has failed for good: the workflow fails with it, or stands still for an operator. */
export function failForStep(draft: Draft, step: StepState): void {
  const error = step.error ?? { code: 'INTERNAL_ERROR' as const, message: 'failed' };
  if (backwardRecovery(draft.state) === 'pause') {
    emit(draft, {
      type: 'WorkflowPaused',
      reason: `step ${step.stepId} failed: ${error.code} ${error.message}`,
      pausedBy: 'engine',
      currentStepId: step.stepId,
    });
    return;
  }
  failWorkflow(draft, { ...error, stepId: step.stepId });
}

/** The deadline of the workflow has passed (SPEC 2, row time out). */
export function failForDeadline(draft: Draft): void {
  const { state } = draft;
  failWorkflow(draft, {
    code: 'TIMEOUT',
    message: `the workflow did not end within its ${state.timeoutMs} ms`,
    stepId: currentStepId(state),
  });
}

/**
 * An operator wants what was done undone: the workflow fails first (SPEC 2, row compensate).
 * @param message becomes the reason of the undo
 */
export function failForCompensation(draft: Draft, message: string): void {
  const stepId = currentStepId(draft.state);
  emitFailed(draft, { code: 'MANUAL_COMPENSATION', message, stepId }, true);
  const { state } = draft;
  // what was done after a pivot that was passed long ago can be undone; whether it may still be passed is waited for
  if (!pivotUnderWay(state) && mayCompensate(state)) beginCompensation(draft, message);
}

/** FAILED. Where the saga rules ask for compensation it follows as soon as `beginPendingCompensation` can decide it. */
function failWorkflow(draft: Draft, failure: Failure): void {
  emitFailed(draft, failure, backwardRecovery(draft.state) === 'compensate');
}

type Failure = {
  readonly code: FailureCode;
  readonly message: string;
  readonly stepId: string | null;
};

function emitFailed(draft: Draft, failure: Failure, compensationRequired: boolean): void {
  const { state } = draft;
  emit(draft, {
    type: 'WorkflowFailed',
    errorCode: failure.code,
    errorMessage: failure.message,
    failedStepId: failure.stepId,
    retryable: state.retryCount < state.maxRetries,
    compensationRequired,
    drainUntil: drainEnd(state, draft.at),
  });
}

/**
 * Begins the undo that a failure asked for, as soon as that can be decided: while a pivot may still be passed nobody knows
 * whether anything may be undone, and once it was, an operator decides.
 */
export function beginPendingCompensation(draft: Draft): void {
  const { state } = draft;
  if (!state.compensationPending || pivotUnderWay(state) || pivotPassedAt(state) > 0) return;
  beginCompensation(draft, state.failure?.message ?? 'failed');
}

/** COMPENSATING: from FAILED, or straight from a cancellation that asks for it. */
export function beginCompensation(draft: Draft, reason: string): void {
  const { state } = draft;
  emit(draft, {
    type: 'WorkflowCompensationStarted',
    reason,
    stepsToCompensate: compensationOrder(state).map((step) => step.stepId),
    drainUntil: drainEnd(state, draft.at),
  });
}

/** The step that a workflow is at: the first that is under way, else the first not settled. */
export function currentStepId(state: WorkflowState): string | null {
  const steps = [...state.steps.values()];
  const current =
    steps.find((step) => step.status === 'EXECUTING') ??
    steps.find((step) => step.status === 'FAILED') ??
    steps.find((step) => step.status === 'PENDING');
  return current?.stepId ?? null;
}

function drainEnd(state: WorkflowState, at: number): number | null {
  const running = stepsUnderWay(state).filter((step) => mayHaveBegun(step, at));
  if (running.length === 0) return null;
  const timeouts = running.map((step) => stepTimeoutMs(state, step));
  return at + Math.max(...timeouts) + DRAIN_SLACK_MS;
}

function stepTimeoutMs(state: WorkflowState, step: StepState): number {
  const definition = stepDefinition(state.definition, step.stepId);
  return definition.kind === 'call' ? callTimeoutMs(definition) : DEFAULT_CALL_TIMEOUT_MS;
}
