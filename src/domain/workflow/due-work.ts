import type { CallStep } from '#domain/definition/definition.ts';
import { stepsUnderWay } from '#domain/workflow/compensation.ts';
import { stepDefinition, type StepState, type WorkflowState } from '#domain/workflow/state.ts';

/** What a job that came out of the queue really stands for, seen from the state. */
export type DueWork =
  | { readonly kind: 'do'; readonly step: StepState; readonly definition: CallStep }
  | { readonly kind: 'undo'; readonly step: StepState; readonly definition: CallStep }
  /** Time has to be looked at: a wait may be over, the deadline has passed. */
  | { readonly kind: 'wake' }
  /** Not yet: the next attempt is due then (epoch ms). */
  | { readonly kind: 'early'; readonly dueAt: number }
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
  if (step.dispatch !== job.dispatch) return none(`dispatch ${job.dispatch} is superseded`);
  const definition = stepDefinition(state.definition, step.stepId);
  if (definition.kind === 'wait') return { kind: 'wake' };
  if (step.status === 'COMPENSATING' && state.status === 'COMPENSATING') {
    if (stepsUnderWay(state).length > 0) return none('calls under way have not reported');
    return early(step, now) ?? { kind: 'undo', step, definition };
  }
  if (step.status !== 'EXECUTING') return none(`step is ${step.status}`);
  if (state.status === 'EXECUTING') {
    if (state.deadlineAt !== null && now >= state.deadlineAt) return { kind: 'wake' };
    return early(step, now) ?? { kind: 'do', step, definition };
  }
  const standsStill = state.status === 'PAUSED' || state.status === 'FAILED';
  if (step.forced && standsStill) return early(step, now) ?? { kind: 'do', step, definition };
  return none(`workflow is ${state.status}`);
}

/** Steps that should have a living job in the queue right now. */
export function stepsInQueue(state: WorkflowState): readonly StepState[] {
  const moving = state.status === 'EXECUTING' || state.status === 'COMPENSATING';
  return [...state.steps.values()].filter((step) => {
    if (step.dispatch === null) return false;
    if (step.status === 'COMPENSATING') return state.status === 'COMPENSATING';
    if (step.status !== 'EXECUTING' || state.status === 'COMPENSATING') return false;
    if (stepDefinition(state.definition, step.stepId).kind === 'wait') return false;
    return moving || step.forced;
  });
}

function early(step: StepState, now: number): DueWork | null {
  if (step.dueAt === null || step.dueAt <= now) return null;
  return { kind: 'early', dueAt: step.dueAt };
}

function none(reason: string): DueWork {
  return { kind: 'none', reason };
}
