import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import { prolongAwaits } from '#domain/workflow/awaited-event.ts';
import { clockPutBack } from '#domain/workflow/evolve-clock.ts';
import type { EventOf, RecordedEvent, WorkflowEvent } from '#domain/workflow/events.ts';
import { dispatched } from '#domain/workflow/evolve-dispatch.ts';
import {
  evolveStep,
  initialStep,
  restartedStep,
  undoGivenUp,
  type StepEvent,
} from '#domain/workflow/evolve-step.ts';
import { interrupt, settleForgotten, undispatch } from '#domain/workflow/interrupt.ts';
import { promote } from '#domain/workflow/promote.ts';
import { mapSteps, stepOf, type WorkflowState } from '#domain/workflow/state.ts';

/**
 * The state after one more event of the log. Pure and total over every log that `decide` can write.
 * @throws Error when the event does not continue this log (a gap, or a first event that is no WorkflowCreated):
 *   such a log was not written by this engine.
 */
export function evolve(
  state: WorkflowState | null,
  recorded: RecordedEvent,
  definition: WorkflowDefinition,
): WorkflowState {
  const { event } = recorded;
  if (recorded.version !== (state?.version ?? 0) + 1) {
    throw new Error(
      `log of workflow ${recorded.workflowId} has a gap: version ${recorded.version} after ${state?.version ?? 0}`,
    );
  }
  if (state === null) {
    if (event.type !== 'WorkflowCreated') {
      throw new Error(
        `log of workflow ${recorded.workflowId} begins with ${event.type}, not WorkflowCreated`,
      );
    }
    return create(recorded, event, definition);
  }
  const at = recorded.occurredAt;
  return apply({ ...state, version: recorded.version, updatedAt: at }, event, at);
}

/** The state that a whole log leads to; null for an empty one. */
export function fold(
  definition: WorkflowDefinition,
  log: readonly RecordedEvent[],
): WorkflowState | null {
  let state: WorkflowState | null = null;
  for (const recorded of log) state = evolve(state, recorded, definition);
  return state;
}

function create(
  recorded: RecordedEvent,
  event: EventOf<'WorkflowCreated'>,
  definition: WorkflowDefinition,
): WorkflowState {
  const { type: _, ...creation } = event;
  return {
    ...creation,
    workflowId: recorded.workflowId,
    definition,
    status: 'PENDING',
    version: recorded.version,
    steps: new Map(definition.steps.map((step) => [step.stepId, initialStep(step.stepId)])),
    output: null,
    retryCount: 0,
    createdAt: recorded.occurredAt,
    updatedAt: recorded.occurredAt,
    startedAt: null,
    completedAt: null,
    deadlineAt: null,
    urgency: creation.priority,
    pace: { batchSize: null, processingIntervalMs: null },
    pausedAt: null,
    pausedBy: null,
    lastDispatch: 0,
    drainUntil: null,
    failure: null,
    compensationPending: false,
    compensationReason: null,
  };
}

function apply(state: WorkflowState, event: WorkflowEvent, at: number): WorkflowState {
  switch (event.type) {
    case 'WorkflowCreated':
      throw new Error(`log of workflow ${state.workflowId} holds a second WorkflowCreated`);
    case 'WorkflowStarted':
      return {
        ...state,
        status: 'EXECUTING',
        startedAt: at,
        deadlineAt: event.deadlineAt,
        urgency: event.releasedAs ?? state.priority,
      };
    case 'WorkflowCompleted':
      return { ...state, status: 'COMPLETED', output: event.output, completedAt: at };
    case 'WorkflowFailed':
      return interrupt({
        ...state,
        status: 'FAILED',
        completedAt: at,
        pausedAt: null,
        pausedBy: null,
        drainUntil: event.drainUntil,
        failure: { code: event.errorCode, message: event.errorMessage, stepId: event.failedStepId },
        compensationPending: event.compensationRequired,
      });
    case 'WorkflowPaused':
      return { ...state, status: 'PAUSED', pausedAt: at, pausedBy: event.pausedBy };
    case 'WorkflowResumed':
      return undispatch({
        ...prolongAwaits(state, at),
        status: 'EXECUTING',
        deadlineAt: event.deadlineAt,
        pausedAt: null,
        pausedBy: null,
      });
    case 'WorkflowCancelled':
      return settleForgotten(
        interrupt({
          ...state,
          status: 'CANCELLED',
          completedAt: at,
          pausedAt: null,
          pausedBy: null,
        }),
      );
    case 'WorkflowRetry':
      return undispatch({
        ...restartFailedSteps(state),
        status: 'EXECUTING',
        retryCount: event.retryAttempt,
        deadlineAt: event.deadlineAt,
        completedAt: null,
        drainUntil: null,
        failure: null,
        compensationPending: false,
      });
    case 'WorkflowCompensationStarted':
      return interrupt({
        ...mapSteps(state, (step) => ({ ...step, undoAttempts: 0 })),
        status: 'COMPENSATING',
        completedAt: null,
        pausedAt: null,
        pausedBy: null,
        drainUntil: event.drainUntil,
        compensationPending: false,
        // an undo that is taken up again keeps the reason for which it was begun
        compensationReason: state.compensationReason ?? event.reason,
      });
    case 'WorkflowCompensationCompleted':
      return event.successful
        ? { ...state, status: 'COMPENSATED', completedAt: at, drainUntil: null }
        : {
            ...mapSteps(state, undoGivenUp),
            status: 'FAILED',
            completedAt: at,
            drainUntil: null,
            failure: {
              code: 'COMPENSATION_FAILED',
              message: event.errorMessage ?? 'compensation failed',
              stepId: null,
            },
          };
    case 'WavelessProcessingEnabled': {
      const { batchSize, processingIntervalMs } = event;
      return { ...state, waveless: true, pace: { batchSize, processingIntervalMs } };
    }
    case 'StepsDispatched':
      return dispatched(state, event, at);
    case 'ClockPutBack':
      return clockPutBack(state, event.aheadMs, at);
    default:
      return promote(withStep(state, event, at), at);
  }
}

function restartFailedSteps(state: WorkflowState): WorkflowState {
  return mapSteps(state, (step) => (step.status === 'FAILED' ? restartedStep(step) : step));
}

function withStep(state: WorkflowState, event: StepEvent, at: number): WorkflowState {
  const step = evolveStep(stepOf(state, event.stepId), event, at, state.version);
  return { ...state, steps: new Map(state.steps).set(event.stepId, step) };
}
