import type { WorkflowPage } from '#application/orchestration.ts';
import type {
  PageCursor,
  WorkflowFilter,
  WorkflowStore,
} from '#application/ports/workflow-store.ts';
import type { Workflows } from '#application/workflows.ts';

/** A page of workflows by filter, newest first. Without a status filter all statuses are listed. */
export function getActiveWorkflows(store: WorkflowStore, workflows: Workflows) {
  return async (
    filter: WorkflowFilter,
    after: PageCursor | null,
    limit: number,
  ): Promise<WorkflowPage> => {
    const heads = await store.list(filter, after, limit + 1);
    const page = heads.slice(0, limit);
    const states = await workflows.loadMany(page.map((head) => head.workflowId));
    const last = page.at(-1);
    return {
      items: page.flatMap((head) => states.get(head.workflowId) ?? []),
      next:
        heads.length > limit && last !== undefined
          ? { createdAt: last.createdAt, workflowId: last.workflowId }
          : null,
    };
  };
}
