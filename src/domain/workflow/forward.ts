import { holds } from '#domain/definition/condition.ts';
import type { StepDefinition } from '#domain/definition/definition.ts';
import { resolveKnown } from '#domain/definition/mapping.ts';
import { segmentsOf } from '#domain/definition/segments.ts';
import { isAwaitingEvent } from '#domain/workflow/awaited-event.ts';
import { dispatchSteps } from '#domain/workflow/dispatch-steps.ts';
import { emit, type Draft } from '#domain/workflow/draft.ts';
import { failForStep, recordStepFailure } from '#domain/workflow/failing.ts';
import { canProceedToStep, isSatisfied } from '#domain/workflow/readiness.ts';
import { mappingScope } from '#domain/workflow/scope.ts';
import { stepDefinition, stepOf, type StepState } from '#domain/workflow/state.ts';
import { waitIsOverAt } from '#domain/workflow/waiting.ts';

/** What follows by itself in an EXECUTING workflow: steps skipped and waits begun, then failure, completion, or the next calls. */
export function goForward(draft: Draft): void {
  while (settleOne(draft));
  const steps = [...draft.state.steps.values()];
  const failed = steps.find((step) => step.status === 'FAILED');
  if (failed !== undefined) failForStep(draft, failed);
  else if (steps.every((step) => isSatisfied(step))) complete(draft);
  else for (const segment of segmentsOf(draft.state.definition)) dispatchCalls(draft, segment);
}

/**
 * Settles one ready step that needs no call: its condition is false, or it is a wait, which begins (or can't).
 * @returns false: there is none
 */
function settleOne(draft: Draft): boolean {
  return draft.state.definition.steps.some((definition) => {
    const step = stepOf(draft.state, definition.stepId);
    if (!isOpen(step) || !canProceedToStep(definition, draft.state.steps)) return false;
    return skipUnwanted(draft, definition) || beginWait(draft, definition, step);
  });
}

/** EXECUTING too: a step counts as that as soon as it is next in its chain, before anybody has looked at its condition. */
function isOpen(step: StepState): boolean {
  return step.status === 'PENDING' || step.status === 'EXECUTING';
}

/** Conditions see only what was settled before the step (its ancestors), so that asking again gives the same answer. */
function skipUnwanted(draft: Draft, { stepId, condition }: StepDefinition): boolean {
  if (condition === null || holds(condition, mappingScope(draft.state))) return false;
  const reason = 'its condition does not hold';
  emit(draft, { type: 'StepSkipped', stepId, cause: 'condition', reason });
  return true;
}

function beginWait(draft: Draft, definition: StepDefinition, step: StepState): boolean {
  if (definition.kind !== 'wait' || step.dispatch !== null) return false;
  // a wait that was interrupted keeps its end
  const until = step.dueAt ?? waitIsOverAt(definition, draft.state, draft.at);
  if (typeof until === 'number') {
    dispatchSteps(draft, 'do', [step.stepId], until);
  } else {
    recordStepFailure(draft, definition, {
      errorCode: 'VALIDATION_ERROR',
      errorMessage: until.problem,
      attempt: 1,
      nextRetryAt: null,
      outcome: 'not-applied',
      startedAt: draft.at,
    });
  }
  return true;
}

function complete(draft: Draft): void {
  const { definition } = draft.state;
  const output = resolveKnown(definition.output, mappingScope(draft.state));
  emit(draft, { type: 'WorkflowCompleted', output });
}

/** Hands the rest of a segment to the queue as one chain, if its first unsettled step may begin and is not handed out. */
function dispatchCalls(draft: Draft, segment: readonly string[]): void {
  const rest = segment.filter((stepId) => !isSatisfied(draft.state.steps.get(stepId)));
  if (rest[0] === undefined) return;
  const step = stepOf(draft.state, rest[0]);
  if (step.dispatch !== null || isAwaitingEvent(step)) return;
  const first = stepDefinition(draft.state.definition, rest[0]);
  if (canProceedToStep(first, draft.state.steps)) dispatchSteps(draft, 'do', rest, null);
}
