import type { CallStep } from '#domain/definition/definition.ts';
import { isAwaitingEvent } from '#domain/workflow/awaited-event.ts';
import { stepDefinition, type StepState, type WorkflowState } from '#domain/workflow/state.ts';

/** What a job that came out of the queue really stands for, seen from the state. */
export type DueWork =
  | { readonly kind: 'do'; readonly step: StepState; readonly definition: CallStep }
  | { readonly kind: 'undo'; readonly step: StepState; readonly definition: CallStep }
  /** Its call was answered: an event completes it, and may be here already. */
  | { readonly kind: 'await' }
  /** Time has to be looked at: a wait is over, the deadline has passed. */
  | { readonly kind: 'wake' }
  /** Not yet: the next attempt, or the end of the wait, is due then (epoch ms). */
  | { readonly kind: 'early'; readonly dueAt: number }
  /** What asks for it is not in this state: perhaps it is just being committed (ADR 27), perhaps it never will be. */
  | { readonly kind: 'ahead' }
  /** Nothing: done already, superseded, forged, or the workflow stands still. */
  | { readonly kind: 'none'; readonly reason: string };

/**
 * A job is a hint: only the state says what is due. Lost, doubled, early, forged and superseded jobs all end here.
 */
export function dueWork(
  state: WorkflowState,
  job: { readonly stepId: string; readonly dispatch: number },
  now: number,
): DueWork {
  const step = state.steps.get(job.stepId);
  if (step === undefined) return none(`no step ${job.stepId}`);
  if (isAhead(state, step, job.dispatch)) return { kind: 'ahead' };
  if (!isUnderWay(step)) return none(`step is ${step.status}`);
  if (!mayRun(state, step)) return none(`workflow is ${state.status}`);
  if (step.dispatch !== job.dispatch) return none(`dispatch ${job.dispatch} is superseded`);

  const timedOut = state.deadlineAt !== null && now >= state.deadlineAt;
  if (state.status === 'EXECUTING' && timedOut) return { kind: 'wake' };
  if (isAwaitingEvent(step)) return { kind: 'await' };
  if (step.dueAt !== null && step.dueAt > now) return { kind: 'early', dueAt: step.dueAt };
  const definition = stepDefinition(state.definition, step.stepId);
  if (definition.kind === 'wait') return { kind: 'wake' };
  return { kind: step.status === 'COMPENSATING' ? 'undo' : 'do', step, definition };
}

/**
 * Steps that should have a living job in the queue right now. A wait needs none: it is over when its time has come; nor does a step
 * whose call was answered and that waits for its event.
 */
export function stepsInQueue(state: WorkflowState): readonly StepState[] {
  return [...state.steps.values()].filter(
    (step) =>
      step.dispatch !== null &&
      isUnderWay(step) &&
      !isAwaitingEvent(step) &&
      mayRun(state, step) &&
      stepDefinition(state.definition, step.stepId).kind === 'call',
  );
}

/** The turn of a step that has not begun: where the one before it is just being committed, it comes in a moment. */
function isAhead(state: WorkflowState, step: StepState, dispatch: number): boolean {
  if (state.status !== 'EXECUTING' || step.status !== 'PENDING') return false;
  return dispatch >= (step.dispatch ?? 0);
}

function isUnderWay(step: StepState): boolean {
  return step.status === 'EXECUTING' || step.status === 'COMPENSATING';
}

/** A workflow that stands still runs only what an operator asked for; steps are COMPENSATING only in a workflow that is. */
function mayRun(state: WorkflowState, step: StepState): boolean {
  return state.status === 'EXECUTING' || step.status === 'COMPENSATING' || step.forced;
}

function none(reason: string): DueWork {
  return { kind: 'none', reason };
}
