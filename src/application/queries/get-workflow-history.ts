import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';

/** The full log of a workflow, internal events included; null: unknown. */
export function getWorkflowHistory(store: WorkflowStore) {
  return async (id: string): Promise<readonly RecordedEvent[] | null> => {
    const log = await store.readLog(id, 0);
    return log.length === 0 ? null : log;
  };
}
