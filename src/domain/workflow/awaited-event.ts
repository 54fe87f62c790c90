import { eventStepsOf } from '#domain/definition/event-steps.ts';
import {
  mapSteps,
  stepOf,
  type EventName,
  type StepEvent,
  type StepState,
  type WorkflowState,
} from '#domain/workflow/state.ts';

/** A step whose call was answered and that an event will complete. */
export type AwaitingStep = StepState & {
  readonly event: StepEvent & { readonly state: 'awaited' };
};

export function isAwaitingEvent(step: StepState): step is AwaitingStep {
  return step.event?.state === 'awaited';
}

/** The steps of a workflow that wait for an event. */
export function awaitingSteps(state: WorkflowState): readonly AwaitingStep[] {
  return eventStepsOf(state.definition)
    .map(({ stepId }) => stepOf(state, stepId))
    .filter(isAwaitingEvent);
}

/** Steps whose time for an event is running. A workflow that is paused holds it up, but for what an operator asked for since. */
export function runningAwaits(state: WorkflowState): readonly AwaitingStep[] {
  return awaitingSteps(state).filter((step) => state.status === 'EXECUTING' || step.forced);
}

/** After a pause: what has been waited for has as much time left as it had when it began. */
export function prolongAwaits(state: WorkflowState, at: number): WorkflowState {
  const { pausedAt } = state;
  if (pausedAt === null || awaitingSteps(state).length === 0) return state;
  return mapSteps(state, (step) => {
    if (!isAwaitingEvent(step) || step.forced) return step;
    const { event } = step;
    const until = event.until + at - Math.max(pausedAt, event.since);
    return { ...step, event: { ...event, until } };
  });
}

/** Whether the step took this very event, now or before it was begun anew. */
export function hasTaken(step: StepState | undefined, { source, eventId }: EventName): boolean {
  const taken = step?.eventsTaken ?? [];
  return taken.some((event) => event.source === source && event.eventId === eventId);
}
