import type { DatabaseSync } from 'node:sqlite';
import type { LaneTally, LinePlace } from '#application/ports/release-queue.ts';
import type { WorkflowHead } from '#application/ports/workflow-store.ts';
import {
  ON_FLOOR_STATUSES,
  WORKFLOW_PRIORITIES,
  WORKFLOW_STATUSES,
  type WorkflowPriority,
} from '#domain/workflow/vocabulary.ts';
import { HEAD_COLUMNS, toHead } from '#adapters/sqlite/head-row.ts';
import { integer, oneOf, text, type Row } from '#adapters/sqlite/row.ts';

const COLUMNS = HEAD_COLUMNS.join(', ');

/** Read from the partial index alone: its size is that of the floor and its backlog, not of the store. */
export const LANES_SQL = `SELECT lane, status, priority, count(*) AS orders, min(created_at) AS oldest_at
  FROM workflows WHERE lane IS NOT NULL GROUP BY lane, status, priority`;
const IN_LINE = "lane = ? AND status = 'PENDING' AND priority = ?";
export const WAITING_SQL = `SELECT ${COLUMNS} FROM workflows
  WHERE ${IN_LINE} AND (created_at, workflow_id) > (?, ?) ORDER BY created_at, workflow_id LIMIT ?`;
export const AHEAD_SQL = `SELECT count(*) AS orders FROM workflows
  WHERE ${IN_LINE} AND (created_at, workflow_id) < (?, ?)`;
/** Each status is a stretch of the index: those that wait, thousands perhaps, are not read. */
export const ON_FLOOR_SQL = `SELECT count(*) AS orders FROM workflows
  WHERE lane = ? AND status IN (${ON_FLOOR_STATUSES.map((status) => `'${status}'`).join(', ')})`;
export const CUT_OFF_SQL = `SELECT ${COLUMNS} FROM workflows
  WHERE cut_off_at >= ? AND cut_off_at < ? ORDER BY cut_off_at, workflow_id LIMIT ?`;

/** Before every place in every line. */
const HEAD_OF_LINE: LinePlace = { createdAt: -1, workflowId: '' };

/** The line of the orders that wait for their release. Synchronous; errors are those of node:sqlite. */
export type ReleaseLine = {
  lanes(): readonly LaneTally[];
  waiting(
    lane: string,
    priority: WorkflowPriority,
    after: LinePlace | null,
    limit: number,
  ): readonly WorkflowHead[];
  waitingForCutOff(from: number, to: number, limit: number): readonly WorkflowHead[];
  onFloor(lane: string): number;
  countAhead(lane: string, priority: WorkflowPriority, place: LinePlace): number;
};

export function createReleaseLine(database: DatabaseSync): ReleaseLine {
  const lanes = database.prepare(LANES_SQL);
  const waiting = database.prepare(WAITING_SQL);
  const ahead = database.prepare(AHEAD_SQL);
  const onFloor = database.prepare(ON_FLOOR_SQL);
  const cutOff = database.prepare(CUT_OFF_SQL);

  return {
    lanes: () =>
      lanes.all().map((row) => ({
        lane: text(row, 'lane', 'a lane'),
        status: oneOf(WORKFLOW_STATUSES, row, 'status', 'a lane'),
        priority: oneOf(WORKFLOW_PRIORITIES, row, 'priority', 'a lane'),
        orders: integer(row, 'orders', 'a lane'),
        oldestAt: integer(row, 'oldest_at', 'a lane'),
      })),
    waiting(lane, priority, after, limit) {
      const { createdAt, workflowId } = after ?? HEAD_OF_LINE;
      return waiting.all(lane, priority, createdAt, workflowId, limit).map(toHead);
    },
    waitingForCutOff: (from, to, limit) => cutOff.all(from, to, limit).map(toHead),
    onFloor: (lane) => orders(onFloor.get(lane)),
    countAhead: (lane, priority, { createdAt, workflowId }) =>
      orders(ahead.get(lane, priority, createdAt, workflowId)),
  };
}

function orders(row: Row | undefined): number {
  return row ? integer(row, 'orders', 'a line') : 0;
}
