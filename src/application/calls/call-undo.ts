import {
  failureOf,
  idempotencyKey,
  missingValues,
  type CallConclusion,
  type CallTools,
} from '#application/calls/call-tools.ts';
import type { CallResult } from '#application/ports/service-caller.ts';
import type { CallStep } from '#domain/definition/definition.ts';
import { resolveFields } from '#domain/definition/mapping.ts';
import { mappingScope } from '#domain/workflow/scope.ts';
import type { StepState, WorkflowState } from '#domain/workflow/state.ts';
import { atWorkUntil } from '#domain/workflow/timing.ts';

/** Undoes one step. `output-needed`: its undo needs the answer of the call, and that answer was lost. */
export async function callUndo(
  tools: CallTools,
  state: WorkflowState,
  work: { readonly step: StepState; readonly definition: CallStep },
): Promise<CallConclusion | { readonly kind: 'output-needed' }> {
  const { step, definition } = work;
  const { stepId } = step;
  const { compensation } = definition;
  if (compensation.strategy === 'NONE') return undone(stepId, 'nothing-to-undo');

  const input = resolveFields(compensation.input, mappingScope(state));
  if (input.kind === 'missing') {
    const own = `/steps/${stepId}/`;
    const answerWasLost = step.outcome === 'unknown' && step.output === null;
    if (answerWasLost && input.pointers.some((pointer) => pointer.startsWith(own))) {
      return { kind: 'output-needed' };
    }
    return failedUndo(stepId, missingValues(input.pointers));
  }
  const result = await tools.services.call({
    serviceName: definition.serviceName,
    operation: compensation.operation,
    http: compensation.http,
    input: input.value,
    timeoutMs: definition.timeoutMs,
    idempotencyKey: idempotencyKey(state.workflowId, stepId, 'undo'),
    workflowId: state.workflowId,
    stepId,
    correlationId: state.correlationId,
    replyNeeded: false,
  });
  switch (result.kind) {
    case 'parked':
      return { kind: 'parked', until: result.untilMs };
    case 'replied':
      return undone(stepId, 'undone');
    case 'failed': {
      if (step.outcome !== 'unknown' || !isAbsent(result)) {
        return failedUndo(stepId, failureOf(result));
      }
      // what may never have been there and is not there needs no undo, unless it may still come
      const until = atWorkUntil(step, definition);
      return tools.clock.now() < until
        ? { kind: 'too-early', until }
        : undone(stepId, 'nothing-to-undo');
    }
  }
}

/** The service's own word only: a redirect, or a service that is not in the registry, is not found either. */
function isAbsent({ status }: CallResult & { readonly kind: 'failed' }): boolean {
  return status === 404 || status === 410;
}

function undone(stepId: string, resolution: 'undone' | 'nothing-to-undo'): CallConclusion {
  const command = { type: 'reportUndoSuccess', stepId, resolution } as const;
  return { kind: 'report', command, parkMs: null };
}

/** A failed attempt of an undo. */
export function failedUndo(stepId: string, failure: ReturnType<typeof failureOf>): CallConclusion {
  const command = { type: 'reportUndoFailure', stepId, ...failure } as const;
  return { kind: 'report', command, parkMs: failure.retryAfterMs };
}
