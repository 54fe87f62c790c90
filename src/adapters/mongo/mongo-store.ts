import type { Connection } from 'mongoose';
import type { EngineStore } from '#application/ports/engine-store.ts';
import { createAppend } from '#adapters/mongo/append.ts';
import type { BatchReport } from '#adapters/mongo/batching.ts';
import { createBounded } from '#adapters/mongo/bounded.ts';
import { createCursors } from '#adapters/mongo/cursors.ts';
import { createDefinitions } from '#adapters/mongo/definitions.ts';
import { createEventWaits } from '#adapters/mongo/event-waits.ts';
import { createFeedReader } from '#adapters/mongo/feed-reader.ts';
import { createFeedWriter } from '#adapters/mongo/feed-writer.ts';
import { createGate } from '#adapters/mongo/gate.ts';
import { createHeads } from '#adapters/mongo/heads.ts';
import { createIdempotency } from '#adapters/mongo/idempotency.ts';
import { createInboundEvents } from '#adapters/mongo/inbound-events.ts';
import { createLog } from '#adapters/mongo/log.ts';
import { createLookUp } from '#adapters/mongo/look-up.ts';
import { createCollections, createModels } from '#adapters/mongo/models.ts';
import { createNotes } from '#adapters/mongo/notes.ts';
import { createReleaseLine } from '#adapters/mongo/release-line.ts';
import { createSpill } from '#adapters/mongo/spill.ts';
import { toCounts } from '#adapters/mongo/tally.ts';
import { createUpkeep } from '#adapters/mongo/upkeep.ts';

export type MongoStoreSettings = {
  readonly spillBytes: number;
  readonly onGroupCommit: (report: BatchReport) => void;
  /** Nobody waits longer for the store, ms. */
  readonly limitMs: number;
};

/** The feed is brought up to date while commits are few, so that nobody who opens it finds a week's work. */
const FEED_EVERY_MS = 1000;
const SWEEP_EVERY_MS = 60_000;

/**
 * The ports on an open connection to a database that has been checked.
 * Rejects with StoreUnavailableError, CorruptRecordError, or TypeError / RangeError for faulty arguments; never throws.
 * @param connection the store's own from now on; `close` closes it
 */
export function createMongoStore(
  connection: Connection,
  settings: MongoStoreSettings,
): EngineStore {
  const models = createModels(connection);
  const collections = createCollections(connection);
  const bounded = createBounded(settings.limitMs);
  const gate = createGate(bounded);
  const idempotency = createIdempotency(models);
  const append = createAppend({
    collections,
    lookUp: createLookUp(models, bounded),
    idempotency,
    spill: createSpill(models),
    bounded,
    ...settings,
  });
  const log = createLog(models);
  const heads = createHeads(models, collections);
  const line = createReleaseLine(models);
  const definitions = createDefinitions(models);
  const feedWriter = createFeedWriter(models, collections, bounded);
  const feed = createFeedReader(models, feedWriter, log);
  const cursors = createCursors(models);
  const notes = createNotes(models);
  const inbound = createInboundEvents(models);
  const waits = createEventWaits(models);

  let latest = 0;
  const feeding = createUpkeep(gate, FEED_EVERY_MS, () => feedWriter.bringUpToDate());
  const sweeping = createUpkeep(gate, SWEEP_EVERY_MS, async () => {
    while (await idempotency.sweep(latest));
  });
  const { pass } = gate;
  let closing: Promise<void> | null = null;

  return {
    append: (commit) =>
      pass(async () => {
        const result = await append(commit);
        latest = Math.max(latest, commit.head.updatedAt);
        feeding.soon();
        if (commit.idempotency) sweeping.soon();
        return result;
      }),
    readLog: (workflowId, afterVersion) => pass(() => log.readLog(workflowId, afterVersion)),
    readLogs: (workflowIds) => pass(() => log.readLogs(workflowIds)),
    currentVersion: (workflowId) => pass(() => heads.currentVersion(workflowId)),
    list: (filter, after, limit) => pass(() => heads.list(filter, after, limit)),
    overdue: (now, limit) => pass(() => heads.overdue(now, limit)),
    writtenAfter: (time, limit) => pass(() => heads.writtenAfter(time, limit)),
    postpone: (wakes) => pass(() => heads.postpone(wakes)),
    findIdempotency: (key, now) => pass(() => idempotency.find(key, now)),
    counts: () => pass(async () => toCounts((await feedWriter.bringUpToDate())?.totals ?? [])),
    readFeed: (after, limit) => pass(() => feed.readFeed(after, limit)),
    feedEnd: () => pass(() => feed.feedEnd()),
    ping: () => pass(async () => void (await models.workflows.findOne({}, { _id: 1 }).lean())),
    saveDefinition: (definition) => pass(() => definitions.saveDefinition(definition)),
    findDefinition: (id, version) => pass(() => definitions.findDefinition(id, version)),
    findVersion: (id, version) => pass(() => definitions.findVersion(id, version)),
    listDefinitions: () => pass(() => definitions.listDefinitions()),
    retireDefinition: (id, version) => pass(() => definitions.retireDefinition(id, version)),
    claimCursor: (name) => pass(() => cursors.claimCursor(name)),
    saveCursor: (name, fence, at) => pass(() => cursors.saveCursor(name, fence, at)),
    readCursor: (name) => pass(() => cursors.readCursor(name)),
    countFeedAfter: (position) => pass(() => feed.countFeedAfter(position)),
    findInbound: (source, eventId, now) => pass(() => inbound.findInbound(source, eventId, now)),
    recordInbound: (record) => pass(() => inbound.recordInbound(record)),
    expectEvent: (wait) => pass(() => waits.expectEvent(wait)),
    deliverEvent: (event) => pass(() => waits.deliverEvent(event)),
    forgetWait: (wait) => pass(() => waits.forgetWait(wait)),
    dropParked: (event) => pass(() => waits.dropParked(event)),
    expiredEvents: (now, limit) => pass(() => waits.expiredEvents(now, limit)),
    readNote: (name) => pass(() => notes.readNote(name)),
    saveNote: (name, text) => pass(() => notes.saveNote(name, text)),
    lanes: () => pass(() => line.lanes()),
    waiting: (lane, priority, after, limit) =>
      pass(() => line.waiting(lane, priority, after, limit)),
    waitingForCutOff: (from, to, limit) => pass(() => line.waitingForCutOff(from, to, limit)),
    onFloor: (lane) => pass(() => line.onFloor(lane)),
    countAhead: (lane, priority, place) => pass(() => line.countAhead(lane, priority, place)),
    async close() {
      feeding.stop();
      sweeping.stop();
      closing ??= gate.close().then(() => connection.close(true));
      await closing;
    },
  };
}
