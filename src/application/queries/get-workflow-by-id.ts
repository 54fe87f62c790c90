import type { Workflows } from '#application/workflows.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/** The newest state of a workflow; null: unknown. */
export function getWorkflowById(workflows: Workflows) {
  return (id: string): Promise<WorkflowState | null> => workflows.load(id, { fresh: true });
}
