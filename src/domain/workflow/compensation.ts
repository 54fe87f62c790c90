import type { StepDefinition } from '#domain/definition/definition.ts';
import { isAwaitingEvent } from '#domain/workflow/awaited-event.ts';
import { STALE_STATE_MS } from '#domain/workflow/timing.ts';
import { stepDefinition, type StepState, type WorkflowState } from '#domain/workflow/state.ts';

/** Has the step an effect that can be undone? Waits have none; strategy NONE says so itself. */
export function isUndoable(step: StepDefinition): boolean {
  return step.kind === 'call' && step.compensation.strategy !== 'NONE';
}

/** Is it a point of no return? */
export function isPivot(step: StepDefinition): boolean {
  return step.kind === 'call' && step.pivot;
}

/**
 * The log version at which a pivot was passed, 0 if none was. A pivot whose outcome is unknown counts as passed, and so does one
 * whose call was answered and whose event is awaited: the truck may have left the dock.
 */
export function pivotPassedAt(state: WorkflowState): number {
  let passed = 0;
  for (const step of state.steps.values()) {
    if (step.settledAt !== null && isPivot(stepDefinition(state.definition, step.stepId))) {
      passed = Math.max(passed, step.settledAt);
    }
  }
  return passed;
}

/**
 * The steps still to be undone, first to last (SPEC 2): every step that is completed or whose outcome is unknown, in the
 * reverse order of their completion, nothing from before a passed pivot. Calls still under way count as completed last.
 */
export function compensationOrder(state: WorkflowState): readonly StepState[] {
  const barrier = pivotPassedAt(state);
  const remaining: StepState[] = [];
  for (const step of state.steps.values()) {
    if (!mayHaveEffect(step) || completionOrder(step) <= barrier) continue;
    if (isUndoable(stepDefinition(state.definition, step.stepId))) remaining.push(step);
  }
  return remaining.sort((a, b) => completionOrder(b) - completionOrder(a));
}

/**
 * Steps whose call may still be under way at the service and whose result decides what must be undone. Of one that waits for an
 * event the call was answered.
 */
export function stepsUnderWay(state: WorkflowState): readonly StepState[] {
  return [...state.steps.values()].filter((step) => {
    if (!isCallUnderWay(step)) return false;
    const definition = stepDefinition(state.definition, step.stepId);
    return isUndoable(definition) || isPivot(definition);
  });
}

/**
 * May a worker have begun the present attempt of this EXECUTING step by now, or begin it still because it has not yet heard of
 * what happened now? Only an attempt that is due later than that can be called off.
 */
export function mayHaveBegun(step: StepState, at: number): boolean {
  return step.dueAt === null || step.dueAt <= at + STALE_STATE_MS;
}

/** Is a call under way that, if it succeeds, is a point of no return? */
export function pivotUnderWay(state: WorkflowState): boolean {
  return stepsUnderWay(state).some((step) =>
    isPivot(stepDefinition(state.definition, step.stepId)),
  );
}

/** May it be compensated? Not once a pivot was passed, unless something was done after it. */
export function mayCompensate(state: WorkflowState): boolean {
  return pivotPassedAt(state) === 0 || compensationOrder(state).length > 0;
}

/** Ids of the steps undone so far, in the order in which that was done: the reverse of their completion. */
export function compensatedInOrder(state: WorkflowState): readonly string[] {
  return [...state.steps.values()]
    .filter((step) => step.status === 'COMPENSATED')
    .sort((a, b) => completionOrder(b) - completionOrder(a))
    .map((step) => step.stepId);
}

function mayHaveEffect(step: StepState): boolean {
  if (step.status === 'COMPENSATED') return false;
  return step.status === 'EXECUTING' || step.outcome !== 'not-applied';
}

function isCallUnderWay(step: StepState): boolean {
  return step.status === 'EXECUTING' && !isAwaitingEvent(step);
}

function completionOrder(step: StepState): number {
  if (isCallUnderWay(step)) return Number.MAX_SAFE_INTEGER;
  return step.settledAt ?? Number.MAX_SAFE_INTEGER;
}
