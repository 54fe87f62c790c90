import type { DatabaseSync } from 'node:sqlite';
import type { EngineStore } from '#application/ports/engine-store.ts';
import type { AppendResult } from '#application/ports/workflow-store.ts';
import { createAppend } from '#adapters/sqlite/append.ts';
import type { BusyRetry } from '#adapters/sqlite/busy-retry.ts';
import { toCommitRows, type CommitRows } from '#adapters/sqlite/commit-rows.ts';
import { createCounts } from '#adapters/sqlite/counts.ts';
import { createCursors } from '#adapters/sqlite/cursors.ts';
import { createDefinitions } from '#adapters/sqlite/definitions.ts';
import { createWaits } from '#adapters/sqlite/event-waits.ts';
import { createGroupCommit, type GroupCommitOptions } from '#adapters/sqlite/group-commit.ts';
import { createHeads } from '#adapters/sqlite/heads.ts';
import { createIdempotencyTable } from '#adapters/sqlite/idempotency-table.ts';
import { createInboundTable } from '#adapters/sqlite/inbound-table.ts';
import { createLog } from '#adapters/sqlite/log.ts';
import { createNotes } from '#adapters/sqlite/notes.ts';
import { createReleaseLine } from '#adapters/sqlite/release-line.ts';
import { asStoreError } from '#adapters/sqlite/sqlite-errors.ts';

/** The ports, and the append of a commit that another thread has made ready. */
export type SqliteStore = EngineStore & {
  appendRows(rows: CommitRows): Promise<AppendResult>;
};

/**
 * The ports on an open connection with the present schema: reads go straight to it, every write through the group commit.
 * Rejects with StoreUnavailableError, CorruptRecordError, or TypeError / RangeError for faulty arguments; never throws.
 * @param database the store's own from now on; `close` closes it
 */
export function createSqliteStore(
  database: DatabaseSync,
  options: GroupCommitOptions,
): SqliteStore {
  const idempotency = createIdempotencyTable(database);
  const append = createAppend(database, idempotency);
  const heads = createHeads(database);
  const log = createLog(database);
  const definitions = createDefinitions(database);
  const counts = createCounts(database);
  const cursors = createCursors(database);
  const inbound = createInboundTable(database);
  const waits = createWaits(database);
  const notes = createNotes(database);
  const line = createReleaseLine(database);
  const group = createGroupCommit(database, options);
  const probe = database.prepare('SELECT 1 FROM workflows LIMIT 1');
  const read = reader(options.retry);
  const appendRows = (rows: CommitRows) => group.write(() => append(rows));

  return {
    append: async (commit) => appendRows(toCommitRows(commit)),
    appendRows,
    readLog: (workflowId, afterVersion) => read(() => log.read(workflowId, afterVersion)),
    readLogs: (workflowIds) =>
      read(() => {
        const logs = workflowIds.map((id) => [id, log.read(id, 0)] as const);
        return new Map(logs.filter(([, events]) => events.length > 0));
      }),
    currentVersion: (workflowId) => read(() => heads.currentVersion(workflowId)),
    list: (filter, after, limit) => read(() => heads.list(filter, after, limit)),
    overdue: (now, limit) => read(() => heads.overdue(now, limit)),
    writtenAfter: (time, limit) => read(() => heads.writtenAfter(time, limit)),
    postpone: (wakes) =>
      group.write(() => {
        for (const { workflowId, version, wakeAt } of wakes) {
          heads.postpone(workflowId, version, wakeAt);
        }
      }),
    findIdempotency: (key, now) => read(() => idempotency.find(key, now)),
    counts: () => read(counts),
    readFeed: (after, limit) => read(() => log.readFeed(after, limit)),
    feedEnd: () => read(() => log.feedEnd()),
    ping: () => read(() => void probe.get()),
    saveDefinition: (definition) => group.write(() => definitions.save(definition)),
    findDefinition: (id, version) => read(() => definitions.find(id, version)),
    findVersion: (id, version) => read(() => definitions.findVersion(id, version)),
    listDefinitions: () => read(() => definitions.list()),
    retireDefinition: (id, version) => group.write(() => definitions.retire(id, version)),
    claimCursor: (name) => group.write(() => cursors.claim(name)),
    saveCursor: (name, fence, position) => group.write(() => cursors.save(name, fence, position)),
    readCursor: (name) => read(() => cursors.read(name)),
    countFeedAfter: (position) => read(() => log.countAfter(position)),
    findInbound: (source, eventId, now) => read(() => inbound.find(source, eventId, now)),
    recordInbound: (record) => group.write(() => inbound.record(record)),
    expectEvent: (wait) => group.write(() => waits.expect(wait)),
    deliverEvent: (event) => group.write(() => waits.deliver(event)),
    forgetWait: (wait) => group.write(() => waits.forget(wait)),
    dropParked: (event) => group.write(() => waits.drop(event)),
    expiredEvents: (now, limit) => read(() => waits.expired(now, limit)),
    readNote: (name) => read(() => notes.read(name)),
    saveNote: (name, text) => group.write(() => notes.save(name, text)),
    lanes: () => read(() => line.lanes()),
    waiting: (lane, priority, after, limit) =>
      read(() => line.waiting(lane, priority, after, limit)),
    waitingForCutOff: (from, to, limit) => read(() => line.waitingForCutOff(from, to, limit)),
    onFloor: (lane) => read(() => line.onFloor(lane)),
    countAhead: (lane, priority, place) => read(() => line.countAhead(lane, priority, place)),
    async close() {
      await group.close();
      if (database.isOpen) database.close();
    },
  };
}

/** Readers don't wait for writers in WAL mode; only a recovery by another process makes them meet a busy store. */
function reader(retry: BusyRetry): <T>(query: () => T) => Promise<T> {
  return async (query) => {
    try {
      return await retry(query);
    } catch (error) {
      throw asStoreError(error);
    }
  };
}
