import type {
  PageCursor,
  WorkflowCounts,
  WorkflowFilter,
  WorkflowHead,
} from '#application/ports/workflow-store.ts';
import { isActive } from '#domain/workflow/vocabulary.ts';

/** Newest first; the order of pages. */
function byNewest(a: PageCursor, b: PageCursor): number {
  return b.createdAt - a.createdAt || compare(b.workflowId, a.workflowId);
}

/** One page of the heads that pass the filter; every head is looked at. */
export function page(
  heads: Iterable<WorkflowHead>,
  filter: WorkflowFilter,
  after: PageCursor | null,
  limit: number,
): readonly WorkflowHead[] {
  return [...heads]
    .filter((head) => matches(head, filter) && (after === null || byNewest(head, after) > 0))
    .toSorted(byNewest)
    .slice(0, limit)
    .map((head) => ({ ...head }));
}

/** Heads whose time has come, the longest overdue first. */
export function overdue(
  heads: Iterable<WorkflowHead>,
  now: number,
  limit: number,
): readonly WorkflowHead[] {
  return bySoonest([...heads].filter((head) => wakeAt(head) <= now)).slice(0, limit);
}

/** Heads that were written, and have to be looked at, after that time. */
export function writtenAfter(
  heads: Iterable<WorkflowHead>,
  time: number,
  limit: number,
): readonly WorkflowHead[] {
  const ahead = [...heads].filter(
    (head) => head.updatedAt > time && head.wakeAt !== null && head.wakeAt > time,
  );
  return bySoonest(ahead).slice(0, limit);
}

function bySoonest(heads: readonly WorkflowHead[]): readonly WorkflowHead[] {
  return heads
    .toSorted((a, b) => wakeAt(a) - wakeAt(b) || compare(a.workflowId, b.workflowId))
    .map((head) => ({ ...head }));
}

function wakeAt(head: WorkflowHead): number {
  return head.wakeAt ?? Infinity;
}

export function count(heads: Iterable<WorkflowHead>): WorkflowCounts {
  const byStatus: Record<keyof WorkflowCounts['byStatus'], number> = {
    PENDING: 0,
    EXECUTING: 0,
    PAUSED: 0,
    COMPLETED: 0,
    FAILED: 0,
    COMPENSATING: 0,
    COMPENSATED: 0,
    CANCELLED: 0,
  };
  const activeByPriority = { HIGH: 0, NORMAL: 0, LOW: 0 };
  let completed = 0;
  let executionMs = 0;
  for (const { status, priority, startedAt, completedAt } of heads) {
    byStatus[status] += 1;
    if (isActive(status)) activeByPriority[priority] += 1;
    if (status === 'COMPLETED' && startedAt !== null && completedAt !== null) {
      completed += 1;
      executionMs += completedAt - startedAt;
    }
  }
  const averageExecutionTimeMs = completed === 0 ? null : executionMs / completed;
  return { byStatus, activeByPriority, averageExecutionTimeMs };
}

function matches(head: WorkflowHead, filter: WorkflowFilter): boolean {
  return (
    (filter.status?.includes(head.status) ?? true) &&
    (filter.workflowType ?? head.workflowType) === head.workflowType &&
    (filter.priority ?? head.priority) === head.priority &&
    (filter.correlationId ?? head.correlationId) === head.correlationId &&
    (filter.from ?? -Infinity) <= head.createdAt &&
    head.createdAt < (filter.to ?? Infinity)
  );
}

/** Plain order of the characters' codes, as databases compare ids; no locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
