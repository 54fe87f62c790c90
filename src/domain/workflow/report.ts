import type { CallStep } from '#domain/definition/definition.ts';
import { isCompletedByEvent } from '#domain/definition/event-steps.ts';
import { isAwaitingEvent } from '#domain/workflow/awaited-event.ts';
import { beginToAwait } from '#domain/workflow/await-event.ts';
import { compensatedInOrder } from '#domain/workflow/compensation.ts';
import type { ReportCommand } from '#domain/workflow/commands.ts';
import { emit, type Draft } from '#domain/workflow/draft.ts';
import { recordStepFailure } from '#domain/workflow/failing.ts';
import { followUp } from '#domain/workflow/follow-up.ts';
import { goesForward } from '#domain/workflow/readiness.ts';
import { forwardRecovery } from '#domain/workflow/saga.ts';
import { stepDefinition, type StepState } from '#domain/workflow/state.ts';

/**
 * Records what a worker found out. A report of a step that is not awaited any more (already settled, superseded, the workflow
 * ended) decides nothing: reports may come twice, late or never.
 */
export function report(draft: Draft, command: ReportCommand): void {
  const step = draft.state.steps.get(command.stepId);
  if (step === undefined || !isAwaited(step, command)) return;
  const definition = stepDefinition(draft.state.definition, step.stepId);
  // nobody is called for a wait
  if (definition.kind === 'wait') return;
  record(draft, definition, step, command);
  followUp(draft);
}

function isAwaited(step: StepState, command: ReportCommand): boolean {
  switch (command.type) {
    case 'reportStepSuccess':
    case 'reportStepFailure':
      return step.status === 'EXECUTING' && !isAwaitingEvent(step);
    case 'reportStall':
      return step.status === 'EXECUTING' && step.outcome !== 'unknown' && !isAwaitingEvent(step);
    case 'reportUndoSuccess':
    case 'reportUndoFailure':
      return step.status === 'COMPENSATING';
    case 'reportOutcome':
      return step.status === 'COMPENSATING' && step.outcome === 'unknown';
  }
}

function record(draft: Draft, definition: CallStep, step: StepState, command: ReportCommand): void {
  const { stepId, stepName } = definition;
  switch (command.type) {
    case 'reportStepSuccess': {
      if (isCompletedByEvent(definition)) return beginToAwait(draft, definition, step, command);
      const { output, startedAt } = command;
      const executionTimeMs = Math.max(0, draft.at - startedAt);
      const type = 'WorkflowStepExecuted';
      return emit(draft, { type, stepId, stepName, output, startedAt, executionTimeMs });
    }
    case 'reportStepFailure':
      return recordDoFailure(draft, definition, step, command);
    case 'reportStall':
      return emit(draft, { type: 'StepStalled', stepId });
    case 'reportUndoSuccess':
      return emit(draft, { type: 'StepCompensated', stepId, resolution: command.resolution });
    case 'reportUndoFailure':
      return recordUndoFailure(draft, definition, step, command);
    case 'reportOutcome':
      return emit(draft, { type: 'StepOutcomeResolved', stepId, output: command.output });
  }
}

function recordDoFailure(
  draft: Draft,
  definition: CallStep,
  step: StepState,
  command: ReportCommand & { type: 'reportStepFailure' },
): void {
  const attempt = step.retryCount + 1;
  recordStepFailure(draft, definition, {
    errorCode: command.errorCode,
    errorMessage: command.errorMessage,
    attempt,
    nextRetryAt: goesForward(draft.state, step)
      ? forwardRecovery(definition.retry, attempt, command, draft.at)
      : null,
    outcome: step.outcome === 'unknown' ? 'unknown' : command.outcome,
    startedAt: command.startedAt,
  });
}

function recordUndoFailure(
  draft: Draft,
  definition: CallStep,
  step: StepState,
  command: ReportCommand & { type: 'reportUndoFailure' },
): void {
  const { stepId, errorCode, errorMessage } = command;
  const attempt = step.undoAttempts + 1;
  const nextRetryAt = forwardRecovery(definition.retry, attempt, command, draft.at);
  const type = 'StepCompensationFailed';
  emit(draft, { type, stepId, errorCode, errorMessage, attempt, nextRetryAt });
  if (nextRetryAt !== null) return;
  emit(draft, {
    type: 'WorkflowCompensationCompleted',
    compensatedStepIds: compensatedInOrder(draft.state),
    successful: false,
    errorMessage: `undo of step ${stepId} failed: ${errorCode} ${errorMessage}`,
  });
}
