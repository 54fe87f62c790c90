import { isAwaitingEvent } from '#domain/workflow/awaited-event.ts';
import { isPivot, isUndoable, mayHaveBegun } from '#domain/workflow/compensation.ts';
import {
  abandonedStep,
  gaveUp,
  restartedStep,
  stoppedAwaiting,
} from '#domain/workflow/evolve-step.ts';
import {
  mapSteps,
  stepDefinition,
  type StepState,
  type WorkflowState,
} from '#domain/workflow/state.ts';

/**
 * The workflow stops going forward (it failed, is undone or was cancelled): every job handed out is superseded, and a step stays
 * EXECUTING only where its call may be under way and its result decides what must be undone.
 */
export function interrupt(state: WorkflowState): WorkflowState {
  return mapSteps(state, (step) => interruptStep(step, state));
}

function interruptStep(step: StepState, state: WorkflowState): StepState {
  const superseded: StepState = { ...step, dispatch: null, forced: false };
  if (step.status !== 'EXECUTING') return superseded;
  const definition = stepDefinition(state.definition, step.stepId);
  const matters = isUndoable(definition) || isPivot(definition);
  // its end stays as it is: the time goes on
  if (definition.kind === 'wait') return { ...superseded, status: 'PENDING' };
  if (!matters) return restartedStep(step);
  // its call was answered long ago: there is nothing to wait for
  if (isAwaitingEvent(step)) return stoppedAwaiting(superseded, state.updatedAt, state.version);
  if (mayHaveBegun(step, state.updatedAt)) return superseded;
  return gaveUp(superseded, state.updatedAt, state.version);
}

/** A workflow that ends for good with calls under way: nobody will ask how they ended, and the log says so. */
export function settleForgotten(state: WorkflowState): WorkflowState {
  const why = 'the workflow was cancelled while the call may have been under way';
  return mapSteps(state, (step) =>
    step.status === 'EXECUTING' ? abandonedStep(step, state.updatedAt, state.version, why) : step,
  );
}

/**
 * Jobs handed out before count no more; whatever is not settled is dispatched anew. A step that is EXECUTING stays so: its call
 * may be under way, and the result counts whichever job brings it.
 */
export function undispatch(state: WorkflowState): WorkflowState {
  return mapSteps(state, (step) => ({ ...step, dispatch: null, forced: false }));
}
