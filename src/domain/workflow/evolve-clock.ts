import {
  mapSteps,
  stepDefinition,
  type StepState,
  type WorkflowState,
} from '#domain/workflow/state.ts';

/**
 * What the engine itself was waiting for by the later clock comes now: a retry is due at once (and may have been begun, for all that
 * anybody knows), and a drain has as much left as it had at the last event. What the definition asks for, the end of a wait and the
 * deadline, keeps its time: nothing of that may ever come early.
 */
export function clockPutBack(state: WorkflowState, aheadMs: number, at: number): WorkflowState {
  const { drainUntil } = state;
  const corrected = mapSteps(state, (step) =>
    isRetryAfter(state, step, at) ? { ...step, dueAt: at } : step,
  );
  if (drainUntil === null || drainUntil <= at) return corrected;
  return { ...corrected, drainUntil: Math.max(at, drainUntil - aheadMs) };
}

function isRetryAfter(state: WorkflowState, step: StepState, at: number): boolean {
  if (step.dueAt === null || step.dueAt <= at) return false;
  return stepDefinition(state.definition, step.stepId).kind === 'call';
}
