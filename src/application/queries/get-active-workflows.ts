import { approximateBytes } from '#application/approximate-bytes.ts';
import type { WorkflowPage } from '#application/orchestration.ts';
import type {
  PageCursor,
  WorkflowFilter,
  WorkflowHead,
  WorkflowStore,
} from '#application/ports/workflow-store.ts';
import type { Workflows } from '#application/workflows.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/** What a page holds at most, about; one workflow is always given, however large it is. */
const PAGE_BYTES = 8 * 1024 * 1024;
/** How many are read before it is known how large they are. */
const FIRST_BATCH = 8;

/**
 * A page of workflows by filter, newest first. Without a status filter all statuses are listed. It ends before `limit` where its
 * workflows are large; the next one goes on from there.
 */
export function getActiveWorkflows(store: WorkflowStore, workflows: Workflows) {
  return async (
    filter: WorkflowFilter,
    after: PageCursor | null,
    limit: number,
  ): Promise<WorkflowPage> => {
    const heads = await store.list(filter, after, limit + 1);
    const { items, taken } = await readWhatFits(workflows, heads.slice(0, limit));
    const last = heads[taken - 1];
    return {
      items,
      next:
        heads.length > taken && last !== undefined
          ? { createdAt: last.createdAt, workflowId: last.workflowId }
          : null,
    };
  };
}

/**
 * The states of the first of these workflows, in batches, so that memory is bounded as well.
 * @returns taken: how many of them were looked at; those that can't be read are absent
 */
async function readWhatFits(
  workflows: Workflows,
  heads: readonly WorkflowHead[],
): Promise<{ readonly items: readonly WorkflowState[]; readonly taken: number }> {
  const items: WorkflowState[] = [];
  let taken = 0;
  let bytes = 0;
  while (taken < heads.length) {
    const batch = heads.slice(taken, taken + batchSize(items.length, bytes));
    const states = await workflows.loadMany(batch.map((head) => head.workflowId));
    for (const { workflowId } of batch) {
      const state = states.get(workflowId);
      const size = state === undefined ? 0 : approximateBytes(state);
      if (items.length > 0 && bytes + size > PAGE_BYTES) return { items, taken };
      taken += 1;
      bytes += size;
      if (state !== undefined) items.push(state);
    }
  }
  return { items, taken };
}

/** As many as should still fit, if they are like those before. */
function batchSize(count: number, bytes: number): number {
  if (count === 0) return FIRST_BATCH;
  return Math.max(1, Math.floor((PAGE_BYTES - bytes) / (bytes / count)));
}
