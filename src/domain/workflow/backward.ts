import {
  compensatedInOrder,
  compensationOrder,
  stepsUnderWay,
} from '#domain/workflow/compensation.ts';
import { dispatchSteps } from '#domain/workflow/dispatch-steps.ts';
import { emit, type Draft } from '#domain/workflow/draft.ts';

/** What follows by itself in a COMPENSATING workflow: calls under way report or are given up, then all is undone as one chain. */
export function goBackward(draft: Draft): void {
  drain(draft);
  if (stepsUnderWay(draft.state).length > 0) return;
  const order = compensationOrder(draft.state);
  if (order[0] === undefined) {
    emit(draft, {
      type: 'WorkflowCompensationCompleted',
      compensatedStepIds: compensatedInOrder(draft.state),
      successful: true,
      errorMessage: null,
    });
  } else if (order[0].dispatch === null) {
    const stepIds = order.map((step) => step.stepId);
    dispatchSteps(draft, 'undo', stepIds, null);
  }
}

/**
 * Gives up on the calls that were under way when the workflow stopped and have not reported in time: their outcome is unknown
 * for good. What an operator asked for since then is no such call.
 */
export function drain(draft: Draft): void {
  const { drainUntil } = draft.state;
  if (drainUntil !== null && draft.at < drainUntil) return;
  for (const step of stepsUnderWay(draft.state)) {
    if (!step.forced) emit(draft, { type: 'StepAbandoned', stepId: step.stepId });
  }
}
