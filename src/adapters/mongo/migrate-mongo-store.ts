import type { IndexDefinition, IndexOptions, mongo } from 'mongoose';
import { checkReplicaSet, missingIndexes } from '#adapters/mongo/check-setup.ts';
import { asSetupError, connect } from '#adapters/mongo/connect.ts';
import { createModels } from '#adapters/mongo/models.ts';
import { asStoreError, codeOf } from '#adapters/mongo/mongo-errors.ts';
import {
  assertNotNewer,
  readSchemaVersion,
  SCHEMA_VERSION,
  writeSchemaVersion,
} from '#adapters/mongo/schema-version.ts';
import { MongoSetupError } from '#adapters/mongo/setup-error.ts';

/** An index of these keys, or of this name, is there already with other options. */
const INDEX_CONFLICTS: ReadonlySet<number | null> = new Set([85, 86]);
/** Building an index on a large collection takes minutes: a silent server is no dead one here. */
const TIMEOUT_MS = 10 * 60_000;

export type Migration = {
  /** Schema versions; 0: the database was new. */
  readonly from: number;
  readonly to: number;
  /** Indexes that were not there: `workflows {"wakeAt":1,"_id":1}`. */
  readonly created: readonly string[];
};

/**
 * Brings a database to the schema of this release: collections and indexes. May be run again, and by several at once; the
 * engine may run meanwhile. (`npm run db:migrate`)
 * @throws MongoSetupError that says what to do; StoreUnavailableError
 */
export async function migrateMongoStore(url: string): Promise<Migration> {
  const connection = await connect({ url, timeoutMs: TIMEOUT_MS });
  try {
    await checkReplicaSet(connection);
    const from = await readSchemaVersion(connection);
    assertNotNewer(from);
    const models = createModels(connection);
    const created = await missingIndexes(models);
    for (const { collection, schema } of Object.values(models)) {
      // In one command: the server reads a large collection once for all of them.
      const indexes = schema.indexes().map(toDescription);
      if (indexes.length > 0) await collection.createIndexes(indexes);
    }
    await writeSchemaVersion(connection);
    return { from, to: SCHEMA_VERSION, created };
  } catch (error) {
    throw indexConflict(error) ?? asSetupError(error) ?? asStoreError(error);
  } finally {
    await connection.close();
  }
}

/** What our indexes use; mongoose adds `background`, which servers have ignored since 4.2. */
function toDescription([keys, { unique, partialFilterExpression, expireAfterSeconds }]: readonly [
  IndexDefinition,
  IndexOptions,
]): mongo.IndexDescription {
  const fields = Object.entries(keys).map(
    ([name, order]) => [name, order === -1 ? -1 : 1] as const,
  );
  return {
    key: new Map(fields),
    ...(unique === true ? { unique } : {}),
    ...(partialFilterExpression === undefined ? {} : { partialFilterExpression }),
    ...(expireAfterSeconds === undefined ? {} : { expireAfterSeconds }),
  };
}

function indexConflict(error: unknown): MongoSetupError | null {
  if (!(error instanceof Error) || !INDEX_CONFLICTS.has(codeOf(error))) return null;
  return new MongoSetupError(
    `an index is in the way, drop it and run this again: ${error.message}`,
    error,
  );
}
