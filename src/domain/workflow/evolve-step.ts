import type { WorkflowEvent } from '#domain/workflow/events.ts';
import { isAwaitingEvent } from '#domain/workflow/awaited-event.ts';
import type { StepState } from '#domain/workflow/state.ts';

/** The events that concern one step. */
export type StepEvent = Extract<WorkflowEvent, { readonly stepId: string }>;

/** A step of a workflow just created. */
export function initialStep(stepId: string): StepState {
  return {
    stepId,
    status: 'PENDING',
    retryCount: 0,
    dispatch: null,
    dueAt: null,
    outcome: 'not-applied',
    output: null,
    event: null,
    eventsTaken: [],
    inputData: null,
    forced: false,
    startedAt: null,
    completedAt: null,
    error: null,
    settledAt: null,
    undoAttempts: 0,
  };
}

/** A step that goes back to the beginning; what is known of its effect stays known. */
export function restartedStep(step: StepState): StepState {
  return {
    ...step,
    status: 'PENDING',
    retryCount: 0,
    dispatch: null,
    dueAt: null,
    event: null,
    forced: false,
    completedAt: null,
  };
}

/** @param version of the event in the log: the order of completion */
export function evolveStep(
  step: StepState,
  event: StepEvent,
  at: number,
  version: number,
): StepState {
  switch (event.type) {
    case 'WorkflowStepExecuted':
      return {
        ...step,
        status: 'COMPLETED',
        outcome: 'applied',
        output: event.output,
        startedAt: event.startedAt,
        completedAt: at,
        settledAt: version,
        dueAt: null,
        error: null,
        forced: false,
      };
    case 'WorkflowStepFailed': {
      const failed: StepState = {
        ...step,
        retryCount: event.nextRetryAt === null ? step.retryCount : event.attempt,
        outcome: event.outcome,
        output: event.reply ?? step.output,
        startedAt: event.startedAt,
        error: { code: event.errorCode, message: event.errorMessage },
      };
      if (event.nextRetryAt !== null) return { ...failed, dueAt: event.nextRetryAt };
      return gaveUp(failed, at, version);
    }
    case 'StepEventAwaited':
      return {
        ...step,
        outcome: 'applied',
        output: event.output,
        event: { state: 'awaited', key: event.key, since: at, until: event.awaitedUntil },
        startedAt: event.startedAt,
        settledAt: version,
        dueAt: null,
        error: null,
      };
    case 'StepEventReceived': {
      const { source, sourceEventId: eventId } = event;
      return {
        ...step,
        event: { state: 'received' },
        eventsTaken: [...step.eventsTaken, { source, eventId }],
      };
    }
    case 'StepStalled':
      return { ...step, outcome: 'unknown' };
    case 'StepAbandoned':
      return isAwaitingEvent(step)
        ? stoppedAwaiting(step, at, version)
        : abandonedStep(step, at, version, 'no report of the call came in time');
    case 'StepSkipped':
      return { ...step, status: 'SKIPPED', completedAt: at, dueAt: null, forced: false };
    case 'StepRetryRequested':
      return restartedStep(step);
    case 'StepExecutionRequested':
      return {
        ...restartedStep(step),
        forced: true,
        inputData: event.inputData ?? step.inputData,
      };
    case 'StepOutcomeResolved':
      return event.output === null
        ? { ...step, status: 'FAILED', outcome: 'not-applied', settledAt: null, dueAt: null }
        : { ...step, outcome: 'applied', output: event.output };
    case 'StepCompensated':
      return { ...step, status: 'COMPENSATED', dueAt: null };
    case 'StepCompensationFailed':
      return {
        ...step,
        undoAttempts: event.attempt,
        dueAt: event.nextRetryAt,
        error: { code: event.errorCode, message: event.errorMessage },
      };
  }
}

/**
 * A step that has failed for good. An effect that it may have had counts as there from now on; where the call was answered, from
 * then on.
 */
export function gaveUp(step: StepState, at: number, version: number): StepState {
  const since = step.event === null ? version : step.settledAt;
  return {
    ...step,
    status: 'FAILED',
    completedAt: at,
    settledAt: step.outcome === 'not-applied' ? null : since,
    event: isAwaitingEvent(step) ? null : step.event,
    dueAt: null,
    forced: false,
  };
}

/** A step whose workflow stops while it waits for an event: its call has had its effect. */
export function stoppedAwaiting(step: StepState, at: number, version: number): StepState {
  const why = 'the workflow stopped before the event came that the step waited for';
  return abandonedStep(step, at, version, why);
}

/** A step whose call may have been under way and is not waited for any more. */
export function abandonedStep(
  step: StepState,
  at: number,
  version: number,
  why: string,
): StepState {
  const error = step.error ?? { code: 'TIMEOUT', message: why };
  return gaveUp({ ...step, outcome: 'unknown', error }, at, version);
}

/** A step whose undo was given up: what is known of its effect still holds, and so it stays on the list of what is left to undo. */
export function undoGivenUp(step: StepState): StepState {
  if (step.status !== 'COMPENSATING') return step;
  return { ...step, status: step.outcome === 'applied' ? 'COMPLETED' : 'FAILED' };
}
