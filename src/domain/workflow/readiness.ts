import type { StepDefinition } from '#domain/definition/definition.ts';
import type { StepState, WorkflowState } from '#domain/workflow/state.ts';

/** A step that no longer stands in the way of its dependents: SKIPPED satisfies a dependency (SPEC 2). */
export function isSatisfied(step: StepState | undefined): boolean {
  return step?.status === 'COMPLETED' || step?.status === 'SKIPPED';
}

/** May this step begin, as far as its dependencies go (the seed's canProceedToNextStep)? */
export function canProceedToStep(
  definition: StepDefinition,
  steps: ReadonlyMap<string, StepState>,
): boolean {
  return definition.dependencies.every((dependency) => isSatisfied(steps.get(dependency)));
}

/** Once the workflow has failed only what an operator asked for is tried again and waited for; stragglers just report. */
export function goesForward({ status }: WorkflowState, step: StepState): boolean {
  return status === 'EXECUTING' || status === 'PAUSED' || step.forced;
}
