import { segmentsOf } from '#domain/definition/segments.ts';
import type { WakeCommand } from '#domain/workflow/commands.ts';
import { compensationOrder } from '#domain/workflow/compensation.ts';
import { dispatchSteps } from '#domain/workflow/dispatch-steps.ts';
import { emit, type Draft } from '#domain/workflow/draft.ts';
import { stepsInQueue } from '#domain/workflow/due-work.ts';
import { failForDeadline } from '#domain/workflow/failing.ts';
import { followUp } from '#domain/workflow/follow-up.ts';
import { isSatisfied } from '#domain/workflow/readiness.ts';
import {
  stepDefinition,
  stepOf,
  type StepState,
  type WorkflowState,
} from '#domain/workflow/state.ts';

/** Deadline, waits that are over, drains that are over, jobs that the queue has lost: whatever time alone brings about. */
export function wake(draft: Draft, command: WakeCommand): void {
  const { state, at } = draft;
  if (state.status === 'EXECUTING' && state.deadlineAt !== null && at >= state.deadlineAt) {
    failForDeadline(draft);
  } else {
    if (state.status === 'EXECUTING') endWaits(draft);
    redispatch(draft, command.lostStepIds);
  }
  followUp(draft);
}

function endWaits(draft: Draft): void {
  for (const step of draft.state.steps.values()) {
    if (step.status !== 'EXECUTING' || step.dueAt === null || step.dueAt > draft.at) continue;
    const definition = stepDefinition(draft.state.definition, step.stepId);
    if (definition.kind !== 'wait') continue;
    const startedAt = step.startedAt ?? draft.at;
    emit(draft, {
      type: 'WorkflowStepExecuted',
      stepId: step.stepId,
      stepName: definition.stepName,
      output: {},
      startedAt,
      executionTimeMs: Math.max(0, draft.at - startedAt),
    });
  }
}

/** Hands steps whose job is gone to the queue again, each with what was still to follow it in its chain. */
export function redispatch(draft: Draft, lostStepIds: readonly string[]): void {
  for (const stepId of lostStepIds) {
    const step = stepsInQueue(draft.state).find((queued) => queued.stepId === stepId);
    if (step === undefined) continue;
    const direction = step.status === 'COMPENSATING' ? 'undo' : 'do';
    dispatchSteps(draft, direction, restOfChain(draft.state, step), null);
  }
}

function restOfChain(state: WorkflowState, step: StepState): readonly string[] {
  const open = step.status === 'COMPENSATING' ? compensationOrder(state) : stepsToDo(state);
  return open.filter(({ dispatch }) => dispatch === step.dispatch).map(({ stepId }) => stepId);
}

function stepsToDo(state: WorkflowState): readonly StepState[] {
  const inOrder = segmentsOf(state.definition).flat();
  return inOrder.map((stepId) => stepOf(state, stepId)).filter((step) => !isSatisfied(step));
}
