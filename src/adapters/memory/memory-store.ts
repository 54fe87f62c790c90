import type { EngineStore } from '#application/ports/engine-store.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import { createCursors } from '#adapters/memory/cursors.ts';
import { createDefinitions } from '#adapters/memory/definitions.ts';
import { createWaits } from '#adapters/memory/event-waits.ts';
import { count, overdue, page, writtenAfter } from '#adapters/memory/head-queries.ts';
import { createInboundRecords } from '#adapters/memory/inbound-records.ts';
import { createNotes } from '#adapters/memory/notes.ts';
import { createReleaseLine } from '#adapters/memory/release-line.ts';
import { createWorkflowLogs } from '#adapters/memory/workflow-logs.ts';

/**
 * The store of tests and trials (`STORE_URL=memory:`): the same contract as the others, of one process, and gone with it.
 * Lists, timers and counts look at every workflow: some ten thousand are its limit.
 */
export function createMemoryStore(): EngineStore {
  const logs = createWorkflowLogs();
  const definitions = createDefinitions();
  const cursors = createCursors();
  const inbound = createInboundRecords();
  const waits = createWaits();
  const notes = createNotes();
  const line = createReleaseLine(logs.heads);
  let closed = false;

  /** Each call is one uninterrupted step; its refusals are rejections, as with the stores on disk. */
  async function answer<T>(work: () => T): Promise<T> {
    if (closed) throw new StoreUnavailableError('the memory store is closed');
    return work();
  }

  return {
    append: (commit) => answer(() => logs.append(commit)),
    readLog: (workflowId, afterVersion) => answer(() => logs.read(workflowId, afterVersion)),
    readLogs: (workflowIds) =>
      answer(() => {
        const found = workflowIds.map((id) => [id, logs.read(id, 0)] as const);
        return new Map(found.filter(([, events]) => events.length > 0));
      }),
    currentVersion: (workflowId) => answer(() => logs.heads.get(workflowId)?.version ?? 0),
    list: (filter, after, limit) => answer(() => page(logs.heads.values(), filter, after, limit)),
    overdue: (now, limit) => answer(() => overdue(logs.heads.values(), now, limit)),
    writtenAfter: (time, limit) => answer(() => writtenAfter(logs.heads.values(), time, limit)),
    postpone: (wakes) =>
      answer(() => {
        for (const { workflowId, version, wakeAt } of wakes) {
          logs.postpone(workflowId, version, wakeAt);
        }
      }),
    findIdempotency: (key, now) => answer(() => logs.findIdempotency(key, now)),
    counts: () => answer(() => count(logs.heads.values())),
    readFeed: (after, limit) => answer(() => logs.readFeed(after, limit)),
    feedEnd: () => answer(() => logs.feedEnd()),
    ping: () => answer(() => {}),
    saveDefinition: (definition) => answer(() => definitions.save(definition)),
    findDefinition: (id, version) => answer(() => definitions.find(id, version)),
    findVersion: (id, wanted) =>
      answer(() => {
        const found = definitions.find(id, wanted);
        return found && { version: found.version, retired: found.retired };
      }),
    listDefinitions: () => answer(() => definitions.list()),
    retireDefinition: (id, version) => answer(() => definitions.retire(id, version)),
    claimCursor: (name) => answer(() => cursors.claim(name)),
    saveCursor: (name, fence, position) => answer(() => cursors.save(name, fence, position)),
    readCursor: (name) => answer(() => cursors.read(name)),
    countFeedAfter: (position) => answer(() => logs.countAfter(position)),
    findInbound: (source, eventId, now) => answer(() => inbound.find(source, eventId, now)),
    recordInbound: (record) => answer(() => inbound.record(record)),
    expectEvent: (wait) => answer(() => waits.expect(wait)),
    deliverEvent: (event) => answer(() => waits.deliver(event)),
    forgetWait: (wait) => answer(() => waits.forget(wait)),
    dropParked: (event) => answer(() => waits.drop(event)),
    expiredEvents: (now, limit) => answer(() => waits.expired(now, limit)),
    readNote: (name) => answer(() => notes.read(name)),
    saveNote: (name, text) => answer(() => notes.save(name, text)),
    lanes: () => answer(() => line.lanes()),
    waiting: (lane, priority, after, limit) =>
      answer(() => line.waiting(lane, priority, after, limit)),
    waitingForCutOff: (from, to, limit) => answer(() => line.waitingForCutOff(from, to, limit)),
    onFloor: (lane) => answer(() => line.onFloor(lane)),
    countAhead: (lane, priority, place) => answer(() => line.countAhead(lane, priority, place)),
    close: async () => {
      closed = true;
    },
  };
}
