import { mayHaveBegun } from '#domain/workflow/compensation.ts';
import type { EventOf } from '#domain/workflow/events.ts';
import { promote } from '#domain/workflow/promote.ts';
import {
  stepDefinition,
  stepOf,
  type StepState,
  type WorkflowState,
} from '#domain/workflow/state.ts';

/** Steps were handed to the queue as one chain: the first of them, if nothing else is in its way, may begin. */
export function dispatched(
  state: WorkflowState,
  event: EventOf<'StepsDispatched'>,
  at: number,
): WorkflowState {
  const steps = new Map(state.steps);
  for (const stepId of event.stepIds) {
    const step = stepOf(state, stepId);
    const dueAt = event.dueAt ?? step.dueAt;
    const outcome = isBegunAgain(state, step, at) ? 'unknown' : step.outcome;
    steps.set(stepId, { ...step, dispatch: event.dispatch, dueAt, outcome });
  }
  return promote({ ...state, steps, lastDispatch: event.dispatch }, at);
}

/**
 * Is a step handed out anew although a worker may have begun it under its earlier dispatch, without a word since? What the next
 * attempt is refused that one may have been granted.
 */
function isBegunAgain(state: WorkflowState, step: StepState, at: number): boolean {
  if (step.status !== 'EXECUTING' || !mayHaveBegun(step, at)) return false;
  return stepDefinition(state.definition, step.stepId).kind === 'call';
}
