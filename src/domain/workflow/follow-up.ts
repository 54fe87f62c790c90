import type { StepDefinition } from '#domain/definition/definition.ts';
import { holds } from '#domain/definition/condition.ts';
import { segmentsOf } from '#domain/definition/segments.ts';
import { compensationOrder, stepsUnderWay } from '#domain/workflow/compensation.ts';
import { emit, type Draft } from '#domain/workflow/draft.ts';
import { beginPendingCompensation, failForStep } from '#domain/workflow/failing.ts';
import { resolveKnown } from '#domain/definition/mapping.ts';
import { canProceedToStep, isSatisfied } from '#domain/workflow/readiness.ts';
import { mappingScope } from '#domain/workflow/scope.ts';
import { stepDefinition, type StepState } from '#domain/workflow/state.ts';
import { waitIsOverAt } from '#domain/workflow/waiting.ts';

/** Decides all that follows by itself from what was just decided: skips, dispatches, completion, undo. */
export function followUp(draft: Draft): void {
  switch (draft.state.status) {
    case 'EXECUTING':
      goForward(draft);
      return;
    case 'COMPENSATING':
      goBackward(draft);
      return;
    case 'FAILED':
      drain(draft);
      if (beginPendingCompensation(draft)) goBackward(draft);
      return;
    default:
  }
}

function goForward(draft: Draft): void {
  while (skipOne(draft));
  const { state } = draft;
  const failed = firstFailed(draft);
  if (failed) {
    failForStep(draft, failed);
    if (draft.state.status !== 'EXECUTING') followUp(draft);
    return;
  }
  if ([...state.steps.values()].every((step) => isSatisfied(step))) {
    emit(draft, { type: 'WorkflowCompleted', output: resolveKnown(state.definition.output, mappingScope(state)) });
    return;
  }
  for (const segment of segmentsOf(state.definition)) dispatchSegment(draft, segment);
}

/** Skips one step that is ready and whose condition is false. Ready again means decided again: conditions only see what is settled. */
function skipOne(draft: Draft): boolean {
  for (const definition of draft.state.definition.steps) {
    if (definition.condition === null) continue;
    const step = draft.state.steps.get(definition.stepId);
    if (step === undefined || !isUntouched(step)) continue;
    if (!canProceedToStep(definition, draft.state.steps)) continue;
    if (holds(definition.condition, mappingScope(draft.state))) continue;
    emit(draft, {
      type: 'StepSkipped',
      stepId: step.stepId,
      cause: 'condition',
      reason: 'its condition does not hold',
    });
    return true;
  }
  return false;
}

function isUntouched(step: StepState): boolean {
  if (step.status !== 'PENDING' && step.status !== 'EXECUTING') return false;
  return step.retryCount === 0 && step.outcome === 'not-applied';
}

function firstFailed(draft: Draft): StepState | undefined {
  return [...draft.state.steps.values()].find((step) => step.status === 'FAILED');
}

/** Hands the rest of a segment to the queue as one chain, if its first unsettled step may begin and is not handed out. */
function dispatchSegment(draft: Draft, segment: readonly string[]): void {
  const rest = segment.filter((stepId) => !isSatisfied(draft.state.steps.get(stepId)));
  const first = rest[0] === undefined ? undefined : draft.state.steps.get(rest[0]);
  if (first?.status !== 'PENDING' || first.dispatch !== null) return;
  const definition = stepDefinition(draft.state.definition, first.stepId);
  if (!canProceedToStep(definition, draft.state.steps)) return;
  if (definition.kind === 'wait') dispatchWait(draft, definition, first);
  else dispatchSteps(draft, 'do', rest, null);
}

function dispatchWait(
  draft: Draft,
  definition: StepDefinition & { kind: 'wait' },
  step: StepState,
): void {
  const until = step.dueAt ?? waitIsOverAt(definition, draft.state, draft.at);
  if (typeof until === 'number') {
    dispatchSteps(draft, 'do', [step.stepId], until);
    return;
  }
  emit(draft, {
    type: 'WorkflowStepFailed',
    stepId: step.stepId,
    stepName: definition.stepName,
    errorCode: 'VALIDATION_ERROR',
    errorMessage: until.problem,
    attempt: 1,
    nextRetryAt: null,
    outcome: 'not-applied',
    startedAt: draft.at,
  });
  followUp(draft);
}

/** Decides a dispatch under a number of its own: job ids are never used twice. */
export function dispatchSteps(
  draft: Draft,
  direction: 'do' | 'undo',
  stepIds: readonly string[],
  dueAt: number | null,
): void {
  const dispatch = draft.state.lastDispatch + 1;
  emit(draft, { type: 'StepsDispatched', dispatch, direction, stepIds, dueAt });
}

function goBackward(draft: Draft): void {
  drain(draft);
  if (stepsUnderWay(draft.state).length > 0) return;
  const order = compensationOrder(draft.state);
  const first = order[0];
  if (first === undefined) {
    const compensated = compensatedInOrder(draft);
    emit(draft, {
      type: 'WorkflowCompensationCompleted',
      compensatedStepIds: compensated,
      successful: true,
      errorMessage: null,
    });
    return;
  }
  if (first.dispatch === null) {
    const stepIds = order.map((step) => step.stepId);
    dispatchSteps(draft, 'undo', stepIds, null);
  }
}

/** Compensated steps in the order in which they were undone: the reverse of their completion. */
export function compensatedInOrder(draft: Draft): readonly string[] {
  return [...draft.state.steps.values()]
    .filter((step) => step.status === 'COMPENSATED')
    .sort((a, b) => (b.settledAt ?? Infinity) - (a.settledAt ?? Infinity))
    .map((step) => step.stepId);
}

/** Calls under way that did not report in time: their outcome is unknown for good. */
function drain(draft: Draft): void {
  const { drainUntil } = draft.state;
  if (drainUntil !== null && draft.at < drainUntil) return;
  for (const step of stepsUnderWay(draft.state)) {
    if (!step.forced) emit(draft, { type: 'StepAbandoned', stepId: step.stepId });
  }
}
