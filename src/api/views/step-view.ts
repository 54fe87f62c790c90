import type { WorkflowStepResponse } from '#api/schemas/workflow.ts';
import { durationMs, isoOrNull } from '#api/views/iso.ts';
import type { StepDefinition } from '#domain/definition/definition.ts';
import type { StepState } from '#domain/workflow/state.ts';

/**
 * A step of a workflow (SPEC 5).
 * @param state undefined: nothing has happened to the step yet
 */
export function stepView(step: StepDefinition, state: StepState | undefined): WorkflowStepResponse {
  const isCall = step.kind === 'call';
  const isOpen = state?.status === 'PENDING' || state?.status === 'EXECUTING';
  const dueAt = isOpen ? isoOrNull(state.dueAt) : null;
  return {
    stepId: step.stepId,
    stepName: step.stepName,
    status: state?.status ?? 'PENDING',
    serviceName: isCall ? step.serviceName : null,
    operation: isCall ? step.operation : step.kind,
    outputData: state?.output ?? null,
    retryCount: state?.retryCount ?? 0,
    startedAt: isoOrNull(state?.startedAt ?? null),
    completedAt: isoOrNull(state?.completedAt ?? null),
    executionDurationMs: durationMs(state?.startedAt ?? null, state?.completedAt ?? null),
    errorMessage: state?.error?.message ?? null,
    errorCode: state?.error?.code ?? null,
    waitingUntil: isCall ? null : dueAt,
    nextRetryAt: isCall ? dueAt : null,
  };
}
