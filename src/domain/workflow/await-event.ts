import { isCompletedByEvent, listensTo, type EventStep } from '#domain/definition/event-steps.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import {
  hasTaken,
  isAwaitingEvent,
  runningAwaits,
  type AwaitingStep,
} from '#domain/workflow/awaited-event.ts';
import type { EventCommand, ReportCommand } from '#domain/workflow/commands.ts';
import { isUndoable } from '#domain/workflow/compensation.ts';
import { correlationKeyOf } from '#domain/workflow/correlation-key.ts';
import { emit, type Draft } from '#domain/workflow/draft.ts';
import type { EventOf } from '#domain/workflow/events.ts';
import { recordStepFailure } from '#domain/workflow/failing.ts';
import { followUp } from '#domain/workflow/follow-up.ts';
import { outputBytes, MAX_OUTPUT_BYTES } from '#domain/workflow/output-limit.ts';
import { goesForward } from '#domain/workflow/readiness.ts';
import { stepDefinition, type StepState } from '#domain/workflow/state.ts';

/**
 * Steps that an event completes (SPEC 7 and 8; ADR 26): the call is answered, then the event is awaited. From the answer on the call
 * has had its effect, so whatever else becomes of the step, it is undone.
 */

/** The call was answered. In a workflow that has stopped nobody waits for the event any more. */
export function beginToAwait(
  draft: Draft,
  definition: EventStep,
  step: StepState,
  { output, startedAt }: ReportCommand & { readonly type: 'reportStepSuccess' },
): void {
  const { stepId, completion } = definition;
  const found = correlationKeyOf(definition, draft.state, output);
  if ('problem' in found) {
    recordStepFailure(draft, definition, {
      errorCode: 'VALIDATION_ERROR',
      errorMessage: found.problem,
      attempt: step.retryCount + 1,
      nextRetryAt: null,
      outcome: 'unknown',
      startedAt,
      reply: output,
    });
    return;
  }
  emit(draft, {
    type: 'StepEventAwaited',
    stepId,
    event: completion.event,
    key: found.key,
    awaitedUntil: draft.at + completion.timeoutMs,
    output,
    startedAt,
  });
  if (!goesForward(draft.state, step)) emit(draft, { type: 'StepAbandoned', stepId });
}

/** What is said of an awaited event. Said of a step that does not wait for it, or twice, it decides nothing. */
export function settleAwaited(draft: Draft, command: EventCommand): void {
  const step = draft.state.steps.get(command.stepId);
  if (step === undefined || !isAwaitingEvent(step)) return;
  const definition = stepDefinition(draft.state.definition, step.stepId);
  if (!isCompletedByEvent(definition)) return;
  if (command.type === 'giveUpEvent') giveUp(draft, definition, step);
  else if (isNews(definition, step, command)) take(draft, definition, step, command);
  followUp(draft);
}

/** An event that it took before it was begun anew may come again, where nobody could write down that it was taken. */
function isNews(
  definition: EventStep,
  step: AwaitingStep,
  command: EventCommand & { readonly type: 'receiveStepEvent' },
): boolean {
  return listensTo(definition, command.name) && !hasTaken(step, command);
}

function take(
  draft: Draft,
  definition: EventStep,
  step: AwaitingStep,
  { name, source, eventId, data }: EventCommand & { readonly type: 'receiveStepEvent' },
): void {
  const { stepId, stepName, completion } = definition;
  emit(draft, {
    type: 'StepEventReceived',
    stepId,
    event: name,
    source,
    sourceEventId: eventId,
  });
  if (name !== completion.event) {
    return fail(draft, definition, step, {
      errorCode: 'BUSINESS_RULE_VIOLATION',
      errorMessage: `event ${name} for key ${step.event.key} fails the step`,
      // a pivot of which the service says that it came to nothing was not passed; as with a reply that says no (ADR 22)
      outcome: isUndoable(definition) ? 'unknown' : 'not-applied',
    });
  }
  const output = outputOf(step, data);
  const bytes = outputBytes(output);
  if (bytes > MAX_OUTPUT_BYTES) {
    return fail(draft, definition, step, {
      errorCode: 'DATA_INTEGRITY_ERROR',
      errorMessage: `the reply and event ${name} have ${bytes} bytes together, more than ${MAX_OUTPUT_BYTES}`,
      outcome: 'unknown',
    });
  }
  const startedAt = step.startedAt ?? draft.at;
  const executionTimeMs = Math.max(0, draft.at - startedAt);
  const type = 'WorkflowStepExecuted';
  emit(draft, { type, stepId, stepName, output, startedAt, executionTimeMs });
}

/** The answer of the call, and the data of the event beside it; a field `event` of the answer itself gives way. */
function outputOf({ output }: StepState, data: Json): JsonObject {
  return { ...output, event: data };
}

function giveUp(draft: Draft, definition: EventStep, step: AwaitingStep): void {
  const { key, until } = step.event;
  const isRunning = runningAwaits(draft.state).some(({ stepId }) => stepId === step.stepId);
  if (!isRunning || draft.at < until) return;
  const { event, timeoutMs } = definition.completion;
  fail(draft, definition, step, {
    errorCode: 'TIMEOUT',
    errorMessage: `event ${event} for key ${key} did not come within ${timeoutMs} ms`,
    outcome: 'unknown',
  });
}

/** No attempt follows by itself: what the service has begun, it has begun. */
function fail(
  draft: Draft,
  definition: EventStep,
  step: AwaitingStep,
  failure: Pick<EventOf<'WorkflowStepFailed'>, 'errorCode' | 'errorMessage' | 'outcome'>,
): void {
  recordStepFailure(draft, definition, {
    ...failure,
    attempt: step.retryCount + 1,
    nextRetryAt: null,
    startedAt: step.startedAt ?? draft.at,
  });
}
