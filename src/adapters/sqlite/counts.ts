import type { DatabaseSync } from 'node:sqlite';
import type { WorkflowCounts } from '#application/ports/workflow-store.ts';
import { isActive, WORKFLOW_PRIORITIES, WORKFLOW_STATUSES } from '#domain/workflow/vocabulary.ts';
import { integer, oneOf } from '#adapters/sqlite/row.ts';

/** Sums up the running totals, of which there is one per status and priority: a few dozen rows at most. */
export function createCounts(database: DatabaseSync): () => WorkflowCounts {
  const select = database.prepare('SELECT * FROM tallies');

  return function counts() {
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
    for (const row of select.all()) {
      const status = oneOf(WORKFLOW_STATUSES, row, 'status', 'a tally');
      const priority = oneOf(WORKFLOW_PRIORITIES, row, 'priority', 'a tally');
      const workflows = integer(row, 'workflows', 'a tally');
      byStatus[status] += workflows;
      if (isActive(status)) activeByPriority[priority] += workflows;
      if (status === 'COMPLETED') {
        completed += integer(row, 'timed', 'a tally');
        executionMs += integer(row, 'execution_ms', 'a tally');
      }
    }
    const averageExecutionTimeMs = completed === 0 ? null : executionMs / completed;
    return { byStatus, activeByPriority, averageExecutionTimeMs };
  };
}
