import type { WorkflowResponse } from '#api/schemas/workflow.ts';
import { stepView } from '#api/views/step-view.ts';
import { durationMs, iso, isoOrNull } from '#api/views/iso.ts';
import { allowedCommands } from '#domain/workflow/allowed.ts';
import { progressPercentage } from '#domain/workflow/progress.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/** WorkflowResponse (SPEC 5): what the API shows of a workflow. */
export function workflowView(state: WorkflowState): WorkflowResponse {
  return {
    id: state.workflowId,
    workflowDefinitionId: state.definitionId,
    workflowName: state.workflowName,
    workflowType: state.workflowType,
    status: state.status,
    priority: state.priority,
    correlationId: state.correlationId,
    inputParameters: state.input,
    outputParameters: state.output,
    steps: state.definition.steps.map((step) => stepView(step, state.steps.get(step.stepId))),
    progressPercentage: progressPercentage(state),
    retryCount: state.retryCount,
    maxRetries: state.maxRetries,
    startedAt: isoOrNull(state.startedAt),
    completedAt: isoOrNull(state.completedAt),
    executionDurationMs: durationMs(state.startedAt, state.completedAt),
    createdAt: iso(state.createdAt),
    updatedAt: iso(state.updatedAt),
    workflowDefinitionVersion: state.definitionVersion,
    triggeredBy: state.triggeredBy,
    metadata: state.metadata,
    deadlineAt: isoOrNull(state.deadlineAt),
    failure: state.failure,
    compensationReason: state.compensationReason,
    // The engine's own command is no offer to anybody.
    allowedCommands: allowedCommands(state).filter((command) => command !== 'start'),
  };
}
