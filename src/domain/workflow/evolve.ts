import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import { compensationOrder } from '#domain/workflow/compensation.ts';
import type { EventOf, RecordedEvent, WorkflowEvent } from '#domain/workflow/events.ts';
import {
  evolveStep,
  initialStep,
  restartedStep,
  type StepEvent,
} from '#domain/workflow/evolve-step.ts';
import { interrupt, settleForgotten, undispatch } from '#domain/workflow/interrupt.ts';
import { canProceedToStep } from '#domain/workflow/readiness.ts';
import type { StepState, WorkflowState } from '#domain/workflow/state.ts';

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
      return { ...state, status: 'EXECUTING', startedAt: at, deadlineAt: event.deadlineAt };
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
        ...state,
        status: 'EXECUTING',
        deadlineAt: event.deadlineAt,
        pausedAt: null,
        pausedBy: null,
      });
    case 'WorkflowCancelled':
      return settleForgotten(interrupt({ ...state, status: 'CANCELLED', completedAt: at }), at);
    case 'WorkflowRetry':
      return undispatch({
        ...state,
        status: 'EXECUTING',
        retryCount: event.retryAttempt,
        deadlineAt: event.deadlineAt,
        completedAt: null,
        drainUntil: null,
        failure: null,
        compensationPending: false,
        steps: mapSteps(state, (step) => (step.status === 'FAILED' ? restartedStep(step) : step)),
      });
    case 'WorkflowCompensationStarted':
      return interrupt({
        ...state,
        status: 'COMPENSATING',
        completedAt: null,
        pausedAt: null,
        pausedBy: null,
        drainUntil: event.drainUntil,
        compensationPending: false,
        compensationReason: event.reason,
        steps: mapSteps(state, (step) => ({ ...step, undoAttempts: 0 })),
      });
    case 'WorkflowCompensationCompleted':
      return event.successful
        ? { ...state, status: 'COMPENSATED', completedAt: at, drainUntil: null }
        : {
            ...state,
            status: 'FAILED',
            completedAt: at,
            failure: {
              code: 'COMPENSATION_FAILED',
              message: event.errorMessage ?? 'compensation failed',
              stepId: null,
            },
          };
    case 'StepsDispatched':
      return dispatched(state, event, at);
    default:
      return promote(withStep(state, event, at), at);
  }
}

function dispatched(
  state: WorkflowState,
  event: EventOf<'StepsDispatched'>,
  at: number,
): WorkflowState {
  const steps = new Map(state.steps);
  for (const stepId of event.stepIds) {
    const step = requireStep(state, stepId);
    const dueAt = event.dueAt ?? step.dueAt;
    steps.set(stepId, { ...step, dispatch: event.dispatch, dueAt });
  }
  return promote({ ...state, steps, lastDispatch: event.dispatch }, at);
}

/**
 * What became next in its chain goes on without a further event: the queue already holds its job. So a step counts as
 * EXECUTING (or COMPENSATING) from the moment at which a worker may begin it; the call's own start comes with its report.
 */
function promote(state: WorkflowState, at: number): WorkflowState {
  if (state.status === 'COMPENSATING') return promoteUndo(state);
  let steps: Map<string, StepState> | null = null;
  for (const definition of state.definition.steps) {
    const step = state.steps.get(definition.stepId);
    if (step?.status !== 'PENDING' || step.dispatch === null) continue;
    if (!canProceedToStep(definition, state.steps)) continue;
    steps ??= new Map(state.steps);
    steps.set(step.stepId, { ...step, status: 'EXECUTING', startedAt: at });
  }
  return steps === null ? state : { ...state, steps };
}

function promoteUndo(state: WorkflowState): WorkflowState {
  const next = compensationOrder(state)[0];
  if (!next || next.dispatch === null || next.status === 'EXECUTING') return state;
  if (next.status === 'COMPENSATING') return state;
  return {
    ...state,
    steps: new Map(state.steps).set(next.stepId, { ...next, status: 'COMPENSATING' }),
  };
}

function withStep(state: WorkflowState, event: StepEvent, at: number): WorkflowState {
  const step = evolveStep(requireStep(state, event.stepId), event, at, state.version);
  return { ...state, steps: new Map(state.steps).set(event.stepId, step) };
}

function mapSteps(
  state: WorkflowState,
  change: (step: StepState) => StepState,
): ReadonlyMap<string, StepState> {
  return new Map([...state.steps].map(([stepId, step]) => [stepId, change(step)]));
}

function requireStep(state: WorkflowState, stepId: string): StepState {
  const step = state.steps.get(stepId);
  if (!step) throw new Error(`log of workflow ${state.workflowId} names unknown step ${stepId}`);
  return step;
}
