import type { OperatorCommand } from '#domain/workflow/commands.ts';
import { compensationOrder, pivotUnderWay } from '#domain/workflow/compensation.ts';
import { dispatchSteps } from '#domain/workflow/dispatch-steps.ts';
import { emit, type Draft } from '#domain/workflow/draft.ts';
import { beginCompensation, currentStepId, failForCompensation } from '#domain/workflow/failing.ts';
import { followUp } from '#domain/workflow/follow-up.ts';

/** Carries out an operator's command that `refusal` has let through (SPEC 2). */
export function operate(draft: Draft, command: OperatorCommand): void {
  const { state, at } = draft;
  switch (command.type) {
    case 'start':
      emit(draft, {
        type: 'WorkflowStarted',
        deadlineAt: at + state.timeoutMs,
        ...(command.releasedAs === undefined || command.releasedAs === state.priority
          ? {}
          : { releasedAs: command.releasedAs }),
      });
      break;
    case 'pause':
      emit(draft, {
        type: 'WorkflowPaused',
        reason: command.reason,
        pausedBy: command.by,
        currentStepId: currentStepId(state),
      });
      break;
    case 'resume': {
      const pausedForMs = at - (state.pausedAt ?? at);
      emit(draft, {
        type: 'WorkflowResumed',
        resumedBy: command.by,
        resumeFromStepId: currentStepId(state),
        deadlineAt: (state.deadlineAt ?? at + state.timeoutMs) + pausedForMs,
      });
      break;
    }
    case 'cancel':
      cancel(draft, command);
      break;
    case 'compensate':
      if (state.status === 'FAILED') beginCompensation(draft, command.reason);
      else failForCompensation(draft, `MANUAL_COMPENSATION: ${command.reason}`);
      break;
    case 'retry':
      retry(draft, command);
      break;
    case 'retryStep':
      emit(draft, {
        type: 'StepRetryRequested',
        stepId: command.stepId,
        requestedBy: command.by,
      });
      break;
    case 'skipStep':
      emit(draft, {
        type: 'StepSkipped',
        stepId: command.stepId,
        cause: 'operator',
        reason: `${command.by}: ${command.reason}`,
      });
      break;
    case 'executeStep':
      emit(draft, {
        type: 'StepExecutionRequested',
        stepId: command.stepId,
        requestedBy: command.by,
        inputData: command.inputData,
      });
      dispatchSteps(draft, 'do', [command.stepId], null);
      break;
    case 'enableWaveless': {
      const { batchSize, processingIntervalMs } = command;
      emit(draft, { type: 'WavelessProcessingEnabled', batchSize, processingIntervalMs });
      break;
    }
  }
  followUp(draft);
}

function cancel(draft: Draft, command: OperatorCommand & { type: 'cancel' }): void {
  const undo = command.compensate && compensationOrder(draft.state).length > 0;
  const reason = `CANCELLED: ${command.reason}`;
  // a point of no return may be passed this very moment: what may be undone is known when that call has ended
  if (undo && pivotUnderWay(draft.state)) failForCompensation(draft, reason);
  else if (undo) beginCompensation(draft, reason);
  else emit(draft, { type: 'WorkflowCancelled', reason: command.reason, cancelledBy: command.by });
}

/** Retry takes up where the failure was: forward after a failed step, backward after a failed undo. */
function retry(draft: Draft, command: OperatorCommand & { type: 'retry' }): void {
  const { state, at } = draft;
  if (state.compensationReason !== null) {
    beginCompensation(draft, command.reason);
    return;
  }
  emit(draft, {
    type: 'WorkflowRetry',
    retryAttempt: state.retryCount + 1,
    maxRetries: state.maxRetries,
    reason: command.reason,
    deadlineAt: at + state.timeoutMs,
  });
}
