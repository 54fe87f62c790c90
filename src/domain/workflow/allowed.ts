import { compensationOrder } from '#domain/workflow/compensation.ts';
import type { OperatorCommand, OperatorCommandType } from '#domain/workflow/commands.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/** The commands that a workflow allows in its present state: the table of SPEC 2, read by row. */
export function allowedCommands(state: WorkflowState): readonly OperatorCommandType[] {
  switch (state.status) {
    case 'PENDING':
      return ['start', 'cancel'];
    case 'EXECUTING':
      return canUndo(state) ? ['pause', 'cancel', 'compensate'] : ['pause', 'cancel'];
    case 'PAUSED':
      return [
        ...(failedSteps(state).length > 0 && state.definition.onFailure === 'pause'
          ? []
          : (['resume'] as const)),
        'cancel',
        ...(canUndo(state) ? (['compensate'] as const) : []),
        ...stepCommands(state),
      ];
    case 'FAILED':
      return [
        ...(state.retryCount < state.maxRetries ? (['retry'] as const) : []),
        ...(canUndo(state) ? (['compensate'] as const) : []),
        ...stepCommands(state),
      ];
    case 'COMPENSATING':
    case 'COMPLETED':
    case 'COMPENSATED':
    case 'CANCELLED':
      return [];
  }
}

/** Why a command is refused, null when it is not. */
export function refusal(state: WorkflowState, command: OperatorCommand): string | null {
  if (!allowedCommands(state).includes(command.type)) return whyNot(state, command);
  if ('stepId' in command) return stepRefusal(state, command.stepId, command.type);
  return null;
}

function whyNot(state: WorkflowState, command: OperatorCommand): string {
  const base = `${command.type} is not allowed: the workflow is ${state.status}`;
  if (command.type === 'retry' && state.status === 'FAILED') {
    return `${base} and its ${state.maxRetries} retries are used up`;
  }
  if (command.type === 'resume' && state.status === 'PAUSED') {
    return `${base} with failed step ${failedSteps(state).join(', ')}: retry, skip or execute it first`;
  }
  if (command.type === 'compensate' && ['EXECUTING', 'PAUSED', 'FAILED'].includes(state.status)) {
    return `${base} and nothing of it can be undone`;
  }
  if ('stepId' in command && ['PAUSED', 'FAILED'].includes(state.status)) {
    return (
      stepRefusal(state, command.stepId, command.type) ?? `${base} and its undo has already begun`
    );
  }
  return base;
}

function stepRefusal(state: WorkflowState, stepId: string, command: string): string | null {
  const step = state.steps.get(stepId);
  if (step === undefined) return `there is no step ${stepId} in this workflow`;
  if (step.status === 'FAILED') return null;
  return `${command} is for a FAILED step of a PAUSED or FAILED workflow: ${stepId} is ${step.status}`;
}

/** Single steps are repaired only while the workflow still goes forward: not once its undo has begun. */
function stepCommands(state: WorkflowState): readonly OperatorCommandType[] {
  if (state.compensationReason !== null || failedSteps(state).length === 0) return [];
  return ['retryStep', 'skipStep', 'executeStep'];
}

function failedSteps(state: WorkflowState): readonly string[] {
  return [...state.steps.values()]
    .filter((step) => step.status === 'FAILED')
    .map((step) => step.stepId);
}

function canUndo(state: WorkflowState): boolean {
  return compensationOrder(state).length > 0;
}
