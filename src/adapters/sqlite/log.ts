import type { DatabaseSync } from 'node:sqlite';
import type { FeedEvent, WorkflowStore } from '#application/ports/workflow-store.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';
import { EVENT_COLUMNS, toRecordedEvent } from '#adapters/sqlite/event-row.ts';
import { integer, type Row } from '#adapters/sqlite/row.ts';

type FeedPage = Awaited<ReturnType<WorkflowStore['readFeed']>>;

/** Reads of the log. Synchronous; errors are those of node:sqlite, and CorruptRecordError. */
export type Log = {
  read(workflowId: string, afterVersion: number): readonly RecordedEvent[];
  /** @throws RangeError for a position that this store has not given out */
  readFeed(after: string | null, limit: number): FeedPage;
  feedEnd(): string | null;
  /** How many events come after a position. */
  countAfter(position: string | null): number;
};

/** A position is the row's number: the write lock makes their order the order of the commits, so none appears late. */
export function createLog(database: DatabaseSync): Log {
  const byWorkflow = database.prepare(
    `SELECT ${EVENT_COLUMNS} FROM events WHERE workflow_id = ? AND version > ? ORDER BY version`,
  );
  const byPosition = database.prepare(
    `SELECT position, ${EVENT_COLUMNS} FROM events WHERE position > ? ORDER BY position LIMIT ?`,
  );
  const last = database.prepare('SELECT position FROM events ORDER BY position DESC LIMIT 1');

  return {
    read: (workflowId, afterVersion) =>
      byWorkflow.all(workflowId, afterVersion).map(toRecordedEvent),
    readFeed(after, limit) {
      const events = byPosition.all(parsePosition(after), limit).map(toFeedEvent);
      return { events, position: events.at(-1)?.position ?? after };
    },
    feedEnd() {
      const row = last.get();
      return row ? positionOf(row) : null;
    },
    // Positions of an append-only log have no gaps: counting costs nothing, however long the log is.
    countAfter(position) {
      const row = last.get();
      const end = row ? integer(row, 'position', 'an event') : 0;
      return Math.max(0, end - parsePosition(position));
    },
  };
}

function toFeedEvent(row: Row): FeedEvent {
  return { ...toRecordedEvent(row), position: positionOf(row) };
}

function positionOf(row: Row): string {
  return String(integer(row, 'position', 'an event'));
}

function parsePosition(position: string | null): number {
  if (position === null) return 0;
  const number = /^\d+$/.test(position) ? Number(position) : NaN;
  if (!Number.isSafeInteger(number)) throw new RangeError(`no feed position: ${position}`);
  return number;
}
