import type { DatabaseSync } from 'node:sqlite';
import type {
  PageCursor,
  WorkflowFilter,
  WorkflowHead,
} from '#application/ports/workflow-store.ts';
import { HEAD_COLUMNS, toHead } from '#adapters/sqlite/head-row.ts';
import { listQuery } from '#adapters/sqlite/list-query.ts';
import { integer } from '#adapters/sqlite/row.ts';

/** By (wakeAt, workflowId); the partial index holds only what waits for a time. */
export const OVERDUE_SQL = `SELECT ${HEAD_COLUMNS.join(', ')} FROM workflows
  WHERE wake_at IS NOT NULL AND wake_at <= ? ORDER BY wake_at, workflow_id LIMIT ?`;

/** There is no index of what was written when: every time that lies ahead is looked at. */
export const WRITTEN_AFTER_SQL = `SELECT ${HEAD_COLUMNS.join(', ')} FROM workflows
  WHERE wake_at IS NOT NULL AND wake_at > ? AND updated_at > ? ORDER BY wake_at, workflow_id LIMIT ?`;

/** Heads: reads, and the one write that is no event. Synchronous; errors are those of node:sqlite. */
export type Heads = {
  currentVersion(workflowId: string): number;
  list(filter: WorkflowFilter, after: PageCursor | null, limit: number): readonly WorkflowHead[];
  overdue(now: number, limit: number): readonly WorkflowHead[];
  writtenAfter(time: number, limit: number): readonly WorkflowHead[];
  postpone(workflowId: string, version: number, wakeAt: number): void;
};

export function createHeads(database: DatabaseSync): Heads {
  const version = database.prepare('SELECT version FROM workflows WHERE workflow_id = ?');
  const overdue = database.prepare(OVERDUE_SQL);
  const writtenAfter = database.prepare(WRITTEN_AFTER_SQL);
  const postpone = database.prepare(
    'UPDATE workflows SET wake_at = ? WHERE workflow_id = ? AND version = ?',
  );

  return {
    currentVersion(workflowId) {
      const row = version.get(workflowId);
      return row ? integer(row, 'version', `the head of workflow ${workflowId}`) : 0;
    },
    list(filter, after, limit) {
      if (filter.status?.length === 0) return [];
      const { sql, parameters } = listQuery(filter, after, limit);
      return database.prepare(sql).all(parameters).map(toHead);
    },
    overdue: (now, limit) => overdue.all(now, limit).map(toHead),
    writtenAfter: (time, limit) => writtenAfter.all(time, time, limit).map(toHead),
    postpone(workflowId, atVersion, wakeAt) {
      postpone.run(wakeAt, workflowId, atVersion);
    },
  };
}
