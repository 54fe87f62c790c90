import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { HEAD_COLUMNS, type HeadColumn, type HeadRow } from '#adapters/sqlite/head-row.ts';

/** Compare-and-set of a head, inside a transaction; false: the version is another by now, nothing was written. */
export type HeadWriter = {
  create(head: HeadRow): boolean;
  move(head: HeadRow, expectedVersion: number): boolean;
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

const idOf = picker(['workflow_id']);
const movedOf = picker(MOVED);
const oftenMovedOf = picker(OFTEN_MOVED);
const seldomMovedOf = picker(SELDOM_MOVED);

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
    create: (head) => insert.run(...head).changes > 0,
    move(head, expectedVersion) {
      const place = [...idOf(head), expectedVersion];
      const often = [...oftenMovedOf(head), ...place, ...seldomMovedOf(head)];
      if (moveOften.run(...often).changes > 0) return true;
      return moveAll.run(...movedOf(head), ...place).changes > 0;
    },
  };
}

/** @returns what gives the values of these columns, in their order */
function picker(columns: readonly HeadColumn[]): (head: HeadRow) => SQLInputValue[] {
  const places = columns.map((column) => HEAD_COLUMNS.indexOf(column));
  return (head) => places.map((place) => head[place] ?? null);
}

function marks(columns: readonly HeadColumn[]): string {
  return columns.map(() => '?').join(', ');
}

function assignments(columns: readonly HeadColumn[]): string {
  return columns.map((column) => `${column} = ?`).join(', ');
}
