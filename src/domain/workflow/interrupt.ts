import { isPivot, isUndoable } from '#domain/workflow/compensation.ts';
import { stepDefinition, type StepState, type WorkflowState } from '#domain/workflow/state.ts';

/**
 * The workflow stops going forward (it failed, is undone or was cancelled): jobs of steps not begun are superseded, and a
 * step that may be under way stays EXECUTING only where its result decides what must be undone.
 */
export function interrupt(state: WorkflowState): WorkflowState {
  const steps = new Map<string, StepState>();
  for (const [stepId, step] of state.steps) steps.set(stepId, interruptStep(step, state));
  return { ...state, steps };
}

function interruptStep(step: StepState, state: WorkflowState): StepState {
  if (step.status !== 'EXECUTING') return { ...step, dispatch: null };
  const definition = stepDefinition(state.definition, step.stepId);
  if (definition.kind === 'wait') return { ...step, status: 'PENDING', dispatch: null };
  const betweenAttempts = step.dueAt !== null && step.dueAt > state.updatedAt;
  if (betweenAttempts) {
    return {
      ...step,
      status: 'FAILED',
      dueAt: null,
      completedAt: state.updatedAt,
      settledAt: step.outcome === 'not-applied' ? null : state.version,
    };
  }
  if (isUndoable(definition) || isPivot(definition)) return { ...step, forced: false };
  return { ...step, status: 'PENDING', dispatch: null, dueAt: null };
}

/** A workflow that ends for good with calls under way: nobody will ask how they ended, and the log says so. */
export function settleForgotten(state: WorkflowState, at: number): WorkflowState {
  const steps = new Map<string, StepState>();
  for (const [stepId, step] of state.steps) {
    steps.set(
      stepId,
      step.status !== 'EXECUTING'
        ? step
        : {
            ...step,
            status: 'FAILED',
            outcome: 'unknown',
            completedAt: at,
            dueAt: null,
            error: step.error ?? {
              code: 'TIMEOUT',
              message: 'the workflow was cancelled while the call may have been under way',
            },
          },
    );
  }
  return { ...state, steps };
}

/** Jobs handed out before count no more; whatever is not settled is dispatched anew. */
export function undispatch(state: WorkflowState): WorkflowState {
  const steps = new Map<string, StepState>();
  for (const [stepId, step] of state.steps) {
    const unsettled = step.status === 'PENDING' || step.status === 'EXECUTING';
    steps.set(stepId, unsettled ? { ...step, status: 'PENDING', dispatch: null } : step);
  }
  return { ...state, steps };
}
