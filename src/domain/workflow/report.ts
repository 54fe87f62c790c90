import type { ReportCommand } from '#domain/workflow/commands.ts';
import { compensatedInOrder, followUp } from '#domain/workflow/follow-up.ts';
import { emit, type Draft } from '#domain/workflow/draft.ts';
import { forwardRecovery } from '#domain/workflow/saga.ts';
import { stepDefinition, type StepState } from '#domain/workflow/state.ts';
import { isTerminal } from '#domain/workflow/vocabulary.ts';

/**
 * Records what a worker found out. A report of a step that is not awaited any more (already settled, superseded, the workflow
 * ended) decides nothing: reports may come twice, late or never.
 */
export function report(draft: Draft, command: ReportCommand): void {
  const step = draft.state.steps.get(command.stepId);
  if (step === undefined || isTerminal(draft.state.status)) return;
  const isUndo = command.type === 'reportUndoSuccess' || command.type === 'reportUndoFailure';
  const awaited = isUndo || command.type === 'reportOutcome' ? 'COMPENSATING' : 'EXECUTING';
  if (step.status !== awaited) return;
  record(draft, step, command);
  followUp(draft);
}

function record(draft: Draft, step: StepState, command: ReportCommand): void {
  const { stepId } = step;
  switch (command.type) {
    case 'reportStepSuccess': {
      const { stepName } = stepDefinition(draft.state.definition, stepId);
      emit(draft, {
        type: 'WorkflowStepExecuted',
        stepId,
        stepName,
        output: command.output,
        startedAt: command.startedAt,
        executionTimeMs: Math.max(0, draft.at - command.startedAt),
      });
      return;
    }
    case 'reportStepFailure':
      recordStepFailure(draft, step, command);
      return;
    case 'reportUndoSuccess':
      emit(draft, { type: 'StepCompensated', stepId, resolution: command.resolution });
      return;
    case 'reportOutcome':
      emit(draft, { type: 'StepOutcomeResolved', stepId, output: command.output });
      return;
    case 'reportUndoFailure':
      recordUndoFailure(draft, step, command);
      return;
  }
}

function recordStepFailure(
  draft: Draft,
  step: StepState,
  command: ReportCommand & { type: 'reportStepFailure' },
): void {
  const definition = stepDefinition(draft.state.definition, step.stepId);
  if (definition.kind !== 'call') return;
  const attempt = step.retryCount + 1;
  const goesOn = draft.state.status !== 'COMPENSATING' && mayTryAgain(draft, step);
  const nextRetryAt = goesOn ? forwardRecovery(definition.retry, attempt, command, draft.at) : null;
  emit(draft, {
    type: 'WorkflowStepFailed',
    stepId: step.stepId,
    stepName: definition.stepName,
    errorCode: command.errorCode,
    errorMessage: command.errorMessage,
    attempt,
    nextRetryAt,
    outcome: step.outcome === 'unknown' ? 'unknown' : command.outcome,
    startedAt: command.startedAt,
  });
  if (nextRetryAt === null && definition.optional) {
    const reason = `optional step failed: ${command.errorCode} ${command.errorMessage}`;
    emit(draft, { type: 'StepSkipped', stepId: step.stepId, cause: 'optional', reason });
  }
}

/** In a FAILED workflow only what an operator asked for is tried again; stragglers just report. */
function mayTryAgain(draft: Draft, step: StepState): boolean {
  return draft.state.status !== 'FAILED' || step.forced;
}

function recordUndoFailure(
  draft: Draft,
  step: StepState,
  command: ReportCommand & { type: 'reportUndoFailure' },
): void {
  const definition = stepDefinition(draft.state.definition, step.stepId);
  if (definition.kind !== 'call') return;
  const attempt = step.undoAttempts + 1;
  const nextRetryAt = forwardRecovery(definition.retry, attempt, command, draft.at);
  emit(draft, {
    type: 'StepCompensationFailed',
    stepId: step.stepId,
    errorCode: command.errorCode,
    errorMessage: command.errorMessage,
    attempt,
    nextRetryAt,
  });
  if (nextRetryAt !== null) return;
  emit(draft, {
    type: 'WorkflowCompensationCompleted',
    compensatedStepIds: compensatedInOrder(draft),
    successful: false,
    errorMessage: `undo of step ${step.stepId} failed: ${command.errorCode} ${command.errorMessage}`,
  });
}
