import type { QueryFilter } from 'mongoose';
import type { PageCursor, WorkflowFilter } from '#application/ports/workflow-store.ts';
import { WORKFLOW_STATUSES } from '#domain/workflow/vocabulary.ts';
import { WORKFLOW_INDEXES, type WorkflowDocument } from '#adapters/mongo/models/workflow.ts';

export type ListQuery = {
  readonly where: QueryFilter<WorkflowDocument>;
  readonly index: (typeof WORKFLOW_INDEXES)[keyof typeof WORKFLOW_INDEXES];
};

/**
 * The query of a page, newest first, and the index that it is to be read from: in the order of the page, up to its limit.
 * Of the filters the most selective one leads; the others are checked on what it finds.
 * @param filter without an empty list of statuses
 */
export function listQuery(filter: WorkflowFilter, after: PageCursor | null): ListQuery {
  const { workflowType, priority, correlationId } = filter;
  const lead = leader(filter);
  const where: QueryFilter<WorkflowDocument> = {
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(workflowType === undefined ? {} : { workflowType }),
    ...(priority === undefined ? {} : { priority }),
    ...statuses(filter, lead),
    ...range(filter, after),
  };
  return { where, index: WORKFLOW_INDEXES[lead] };
}

type Leader = 'byCorrelation' | 'byType' | 'byStatus' | 'byPriority' | 'newest';

function leader({ correlationId, status, workflowType, priority }: WorkflowFilter): Leader {
  if (correlationId !== undefined) return 'byCorrelation';
  if (workflowType !== undefined) return 'byType';
  if (status !== undefined) return 'byStatus';
  return priority === undefined ? 'newest' : 'byPriority';
}

/**
 * In two of the indexes the status stands before the order of the page: with all statuses named the server reads a range for
 * each and merges them, instead of sorting.
 */
function statuses({ status }: WorkflowFilter, lead: Leader): QueryFilter<WorkflowDocument> {
  const named = lead === 'byCorrelation' || lead === 'byType' ? WORKFLOW_STATUSES : undefined;
  const wanted = status ?? named;
  return wanted === undefined ? {} : { status: { $in: [...new Set(wanted)] } };
}

/** Bounds of the index range; within the cursor's own moment the id decides. */
function range(
  { from, to }: WorkflowFilter,
  after: PageCursor | null,
): QueryFilter<WorkflowDocument> {
  const bounds: { $gte?: Date; $lt?: Date; $lte?: Date } = {};
  if (from !== undefined) bounds.$gte = new Date(from);
  if (to !== undefined) bounds.$lt = new Date(to);
  if (after === null) return Object.keys(bounds).length === 0 ? {} : { createdAt: bounds };
  const moment = new Date(after.createdAt);
  return {
    createdAt: { ...bounds, $lte: moment },
    $or: [{ createdAt: { $lt: moment } }, { _id: { $lt: after.workflowId } }],
  };
}
