import { compensationOrder } from '#domain/workflow/compensation.ts';
import { canProceedToStep } from '#domain/workflow/readiness.ts';
import type { StepState, WorkflowState } from '#domain/workflow/state.ts';

/**
 * What became next in its chain goes on without a further event: the queue already holds its job. So a step counts as
 * EXECUTING (or COMPENSATING) from the moment at which a worker may begin it; the call's own start comes with its report.
 * While the workflow stands still nothing new begins, but for what an operator asked for.
 */
export function promote(state: WorkflowState, at: number): WorkflowState {
  return state.status === 'COMPENSATING' ? promoteUndo(state) : promoteDo(state, at);
}

function promoteDo(state: WorkflowState, at: number): WorkflowState {
  const begun: StepState[] = [];
  for (const definition of state.definition.steps) {
    const step = state.steps.get(definition.stepId);
    if (step?.status !== 'PENDING' || step.dispatch === null) continue;
    if (state.status !== 'EXECUTING' && !step.forced) continue;
    if (!canProceedToStep(definition, state.steps)) continue;
    begun.push({ ...step, status: 'EXECUTING', startedAt: at });
  }
  return withSteps(state, begun);
}

function promoteUndo(state: WorkflowState): WorkflowState {
  const next = compensationOrder(state)[0];
  if (next === undefined || next.dispatch === null) return state;
  return withSteps(state, [{ ...next, status: 'COMPENSATING' }]);
}

function withSteps(state: WorkflowState, changed: readonly StepState[]): WorkflowState {
  if (changed.length === 0) return state;
  const steps = new Map(state.steps);
  for (const step of changed) steps.set(step.stepId, step);
  return { ...state, steps };
}
