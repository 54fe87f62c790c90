import type { Connection } from 'mongoose';
import type { DefinitionStore, WorkflowStore } from '#application/ports/workflow-store.ts';
import { createAppend } from '#adapters/mongo/append.ts';
import type { BatchReport } from '#adapters/mongo/batching.ts';
import { createDefinitions } from '#adapters/mongo/definitions.ts';
import { createFeedReader } from '#adapters/mongo/feed-reader.ts';
import { createFeedWriter } from '#adapters/mongo/feed-writer.ts';
import { createGate } from '#adapters/mongo/gate.ts';
import { createHeads } from '#adapters/mongo/heads.ts';
import { createIdempotency } from '#adapters/mongo/idempotency.ts';
import { createLog } from '#adapters/mongo/log.ts';
import { createLookUp } from '#adapters/mongo/look-up.ts';
import { createCollections, createModels } from '#adapters/mongo/models.ts';
import { createSpill } from '#adapters/mongo/spill.ts';
import { toCounts } from '#adapters/mongo/tally.ts';
import { createUpkeep } from '#adapters/mongo/upkeep.ts';

export type MongoStoreSettings = {
  readonly spillBytes: number;
  readonly onGroupCommit: (report: BatchReport) => void;
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
): WorkflowStore & DefinitionStore {
  const models = createModels(connection);
  const collections = createCollections(connection);
  const gate = createGate();
  const idempotency = createIdempotency(models);
  const append = createAppend({
    collections,
    lookUp: createLookUp(models),
    idempotency,
    spill: createSpill(models),
    ...settings,
  });
  const log = createLog(models);
  const heads = createHeads(models, collections);
  const definitions = createDefinitions(models);
  const feedWriter = createFeedWriter(models, collections);
  const feed = createFeedReader(models, feedWriter, log);

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
    postpone: (wakes) => pass(() => heads.postpone(wakes)),
    findIdempotency: (key, now) => pass(() => idempotency.find(key, now)),
    counts: () => pass(async () => toCounts((await feedWriter.bringUpToDate())?.totals ?? [])),
    readFeed: (after, limit) => pass(() => feed.readFeed(after, limit)),
    feedEnd: () => pass(() => feed.feedEnd()),
    ping: () => pass(async () => void (await models.workflows.findOne({}, { _id: 1 }).lean())),
    saveDefinition: (definition) => pass(() => definitions.saveDefinition(definition)),
    findDefinition: (id, version) => pass(() => definitions.findDefinition(id, version)),
    listDefinitions: () => pass(() => definitions.listDefinitions()),
    retireDefinition: (id, version) => pass(() => definitions.retireDefinition(id, version)),
    async close() {
      feeding.stop();
      sweeping.stop();
      closing ??= gate.close().then(() => connection.close());
      await closing;
    },
  };
}
