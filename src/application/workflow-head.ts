import type { WorkflowHead } from '#application/ports/workflow-store.ts';
import { heldPlace } from '#domain/workflow/release-place.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import { wakeAt } from '#domain/workflow/wake-at.ts';

/** What the store keeps beside the log of a workflow in this state. */
export function headOf(state: WorkflowState, dispatchSlackMs: number): WorkflowHead {
  return {
    workflowId: state.workflowId,
    version: state.version,
    status: state.status,
    workflowType: state.workflowType,
    priority: state.priority,
    correlationId: state.correlationId,
    definitionId: state.definitionId,
    definitionVersion: state.definitionVersion,
    createdAt: state.createdAt,
    updatedAt: state.updatedAt,
    startedAt: state.startedAt,
    completedAt: state.completedAt,
    wakeAt: wakeAt(state, dispatchSlackMs),
    ...heldPlace(state),
  };
}
