import type { WorkflowState } from '#domain/workflow/state.ts';

/** Progress in percent (SPEC 2): steps COMPLETED or SKIPPED over all steps; 0..100, unrounded. */
export function progressPercentage(state: WorkflowState): number {
  let done = 0;
  for (const step of state.steps.values()) {
    if (step.status === 'COMPLETED' || step.status === 'SKIPPED') done += 1;
  }
  return state.steps.size === 0 ? 100 : (done / state.steps.size) * 100;
}
