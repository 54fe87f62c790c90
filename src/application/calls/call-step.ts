import {
  failureOf,
  idempotencyKey,
  missingValues,
  type CallConclusion,
  type CallTools,
} from '#application/calls/call-tools.ts';
import type { EventWait } from '#application/ports/event-waits.ts';
import type { CallResult, ServiceCall } from '#application/ports/service-caller.ts';
import type { CallStep } from '#domain/definition/definition.ts';
import { isCompletedByEvent, type EventStep } from '#domain/definition/event-steps.ts';
import { holds } from '#domain/definition/condition.ts';
import { resolveFields } from '#domain/definition/mapping.ts';
import type { JsonObject } from '#domain/json.ts';
import { correlationKeyOf } from '#domain/workflow/correlation-key.ts';
import { isUndoable } from '#domain/workflow/compensation.ts';
import type { AttemptFailure } from '#domain/workflow/commands.ts';
import { mappingScope } from '#domain/workflow/scope.ts';
import type { StepState, WorkflowState } from '#domain/workflow/state.ts';

type StepWork = { readonly step: StepState; readonly definition: CallStep };

/** Runs a step once: maps its input, calls the service, judges the answer. */
export async function callStep(
  tools: CallTools,
  state: WorkflowState,
  { step, definition }: StepWork,
): Promise<CallConclusion> {
  const startedAt = tools.clock.now();
  const { stepId } = step;
  const failed = (failure: AttemptFailure, outcome: 'not-applied' | 'unknown'): CallConclusion => ({
    kind: 'report',
    command: { type: 'reportStepFailure', stepId, startedAt, outcome, ...failure },
    parkMs: failure.retryAfterMs,
  });

  const call = stepCall(state, { step, definition });
  if ('missing' in call) return failed(missingValues(call.missing), 'not-applied');
  const result = await tools.services.call(call);
  switch (result.kind) {
    case 'parked':
      return { kind: 'parked', until: result.untilMs };
    case 'failed':
      return failed(failureOf(result), result.outcome);
    case 'replied': {
      if (isBusinessFailure(state, definition, result)) {
        // who says no with a 2xx may have done a part of it: where there is an undo, it is called (ADR 22)
        return failed(BUSINESS_FAILURE, isUndoable(definition) ? 'unknown' : 'not-applied');
      }
      const command = {
        type: 'reportStepSuccess',
        stepId,
        output: result.reply,
        startedAt,
      } as const;
      if (!isCompletedByEvent(definition)) return { kind: 'report', command, parkMs: null };
      return { kind: 'report', command, parkMs: null, ...waitOf(state, definition, result.reply) };
    }
  }
}

/** Where the answer holds no key that is one, the report of it fails the step. */
function waitOf(
  state: WorkflowState,
  definition: EventStep,
  reply: JsonObject,
): { readonly wait?: EventWait } {
  const found = correlationKeyOf(definition, state, reply);
  if ('problem' in found) return {};
  const { serviceName: service, stepId } = definition;
  return { wait: { service, key: found.key, workflowId: state.workflowId, stepId } };
}

/** The call of a step, or the pointers of its input that lead nowhere. An operator's corrected input stands in for the mapping. */
export function stepCall(
  state: WorkflowState,
  { step, definition }: StepWork,
): ServiceCall | { readonly missing: readonly string[] } {
  const input =
    step.inputData === null
      ? resolveFields(definition.input, mappingScope(state))
      : { kind: 'value' as const, value: step.inputData };
  if (input.kind === 'missing') return { missing: input.pointers };
  return {
    serviceName: definition.serviceName,
    operation: definition.operation,
    http: definition.http,
    input: input.value,
    timeoutMs: definition.timeoutMs,
    idempotencyKey: idempotencyKey(state.workflowId, step.stepId, 'do'),
    workflowId: state.workflowId,
    stepId: step.stepId,
    correlationId: state.correlationId,
    replyNeeded: true,
  };
}

/** An answer of 200 that says no (SPEC 8, failWhen). */
export function isBusinessFailure(
  state: WorkflowState,
  definition: CallStep,
  result: CallResult & { readonly kind: 'replied' },
): boolean {
  return (
    definition.failWhen !== null && holds(definition.failWhen, mappingScope(state, result.reply))
  );
}

const BUSINESS_FAILURE: AttemptFailure = {
  errorCode: 'BUSINESS_RULE_VIOLATION',
  errorMessage: "the service's answer meets the failWhen condition of the step",
  recoverable: false,
  retryAfterMs: null,
};
