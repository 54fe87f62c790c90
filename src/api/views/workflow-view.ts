import type { WorkflowResponse } from '#api/schemas/workflow.ts';
import { waitingView } from '#api/views/waiting-view.ts';
import { stepView } from '#api/views/step-view.ts';
import { durationMs, iso, isoOrNull } from '#api/views/iso.ts';
import { allowedCommands } from '#domain/workflow/allowed.ts';
import { progressPercentage } from '#domain/workflow/progress.ts';
import type { Waiting } from '#domain/workflow/waiting-reason.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/**
 * WorkflowResponse (SPEC 5): what the API shows of a workflow.
 * @param waiting why it waits; null: that was not asked
 */
export function workflowView(
  state: WorkflowState,
  waiting: readonly Waiting[] | null = null,
): WorkflowResponse {
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
    waiting: waiting?.map(waitingView) ?? null,
    // The engine's own command is no offer to anybody.
    allowedCommands: allowedCommands(state).filter((command) => command !== 'start'),
  };
}
