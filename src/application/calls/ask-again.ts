import { failedUndo } from '#application/calls/call-undo.ts';
import { isBusinessFailure, stepCall } from '#application/calls/call-step.ts';
import { failureOf, type CallConclusion, type CallTools } from '#application/calls/call-tools.ts';
import type { CallResult } from '#application/ports/service-caller.ts';
import type { CallStep } from '#domain/definition/definition.ts';
import { resolveFields } from '#domain/definition/mapping.ts';
import { mappingScope } from '#domain/workflow/scope.ts';
import { atWorkUntil } from '#domain/workflow/timing.ts';
import type { StepState, WorkflowState } from '#domain/workflow/state.ts';

/**
 * Learns the outcome of a step whose answer was lost, because its undo needs what only that answer holds (an id, say): the same
 * call under the same Idempotency-Key gives the first answer again, or has its effect now, to be undone right after. Either
 * way the outcome is known then. A service that refuses for good never had the effect, once the first request can't be at work
 * there any more: until then it may refuse the second because of the first.
 */
export async function askAgain(
  tools: CallTools,
  state: WorkflowState,
  work: { readonly step: StepState; readonly definition: CallStep },
): Promise<CallConclusion> {
  const { stepId } = work.step;
  const neverApplied: CallConclusion = {
    kind: 'report',
    command: { type: 'reportOutcome', stepId, output: null },
    parkMs: null,
  };
  const call = stepCall(state, work);
  if ('missing' in call) return neverApplied;
  const until = atWorkUntil(work.step, work.definition);
  const refused: CallConclusion =
    tools.clock.now() < until ? { kind: 'too-early', until } : neverApplied;
  const result = await tools.services.call(call);
  switch (result.kind) {
    case 'parked':
      return { kind: 'parked', until: result.untilMs };
    case 'replied':
      return isBusinessFailure(state, work.definition, result) && !canUndo(state, work, result)
        ? refused
        : {
            kind: 'report',
            command: { type: 'reportOutcome', stepId, output: result.reply },
            parkMs: null,
          };
    case 'failed':
      return isRefusal(result) ? refused : failedUndo(stepId, failureOf(result));
  }
}

/** Does the undo find in this answer what it needs? One that says no and names nothing has left nothing behind to undo. */
function canUndo(
  state: WorkflowState,
  { step, definition }: { readonly step: StepState; readonly definition: CallStep },
  { reply }: CallResult & { readonly kind: 'replied' },
): boolean {
  if (definition.compensation.strategy === 'NONE') return false;
  const steps = new Map(state.steps).set(step.stepId, { ...step, output: reply });
  const scope = mappingScope({ ...state, steps });
  return resolveFields(definition.compensation.input, scope).kind === 'value';
}

/**
 * Did the service itself, knowing the call, say no for good? Whoever asked for our credentials did not look at the call, and of a
 * call that was not sent, redirected or not answered nothing is known.
 */
function isRefusal(result: CallResult & { readonly kind: 'failed' }): boolean {
  const { status, errorType, recoverable, outcome } = result;
  if (recoverable || outcome === 'unknown' || errorType === 'PERMISSION_DENIED') return false;
  return status !== null && status >= 400 && status <= 499;
}
