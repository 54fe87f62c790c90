import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { WorkflowHead } from '#application/ports/workflow-store.ts';
import { HEAD_COLUMNS, toHeadRow, type HeadColumn } from '#adapters/sqlite/head-row.ts';

/** Compare-and-set of a head, inside a transaction; false: the version is another by now, nothing was written. */
export type HeadWriter = {
  create(head: WorkflowHead): boolean;
  move(head: WorkflowHead, expectedVersion: number): boolean;
};

/**
 * Columns that most commits leave as they are. SQLite rewrites the index entries of every column that an UPDATE names, and
 * asks the triggers, even where the value stays: a commit that changes none of these does not name them (measured on
 * workflows of five commits: a quarter more appends per second).
 */
const SELDOM_MOVED: readonly HeadColumn[] = [
  'status',
  'workflow_type',
  'priority',
  'correlation_id',
  'created_at',
  'started_at',
  'completed_at',
  'lane',
  'cut_off_at',
];
/** The id is never named: SQLite would take the whole row out and put it back. */
const MOVED = HEAD_COLUMNS.filter((column) => column !== 'workflow_id');
const OFTEN_MOVED = MOVED.filter((column) => !SELDOM_MOVED.includes(column));

export function createHeadWriter(database: DatabaseSync): HeadWriter {
  const insert = database.prepare(
    `INSERT INTO workflows (${HEAD_COLUMNS.join(', ')}) VALUES (${marks(HEAD_COLUMNS)})
     ON CONFLICT (workflow_id) DO NOTHING`,
  );
  const moveOften = database.prepare(
    `UPDATE workflows SET ${assignments(OFTEN_MOVED)}
     WHERE workflow_id = ? AND version = ? AND (${SELDOM_MOVED.join(', ')}) IS (${marks(SELDOM_MOVED)})`,
  );
  const moveAll = database.prepare(
    `UPDATE workflows SET ${assignments(MOVED)} WHERE workflow_id = ? AND version = ?`,
  );

  return {
    create: (head) => insert.run(...values(head, HEAD_COLUMNS)).changes > 0,
    move(head, expectedVersion) {
      const place = [head.workflowId, expectedVersion];
      const often = [...values(head, OFTEN_MOVED), ...place, ...values(head, SELDOM_MOVED)];
      if (moveOften.run(...often).changes > 0) return true;
      return moveAll.run(...values(head, MOVED), ...place).changes > 0;
    },
  };
}

function values(head: WorkflowHead, columns: readonly HeadColumn[]): SQLInputValue[] {
  const row = toHeadRow(head);
  return columns.map((column) => row[column]);
}

function marks(columns: readonly HeadColumn[]): string {
  return columns.map(() => '?').join(', ');
}

function assignments(columns: readonly HeadColumn[]): string {
  return columns.map((column) => `${column} = ?`).join(', ');
}
