import type { EngineStore } from '#application/ports/engine-store.ts';
import type { BatchReport } from '#adapters/mongo/batching.ts';
import { checkSetup } from '#adapters/mongo/check-setup.ts';
import { asSetupError, connect } from '#adapters/mongo/connect.ts';
import { createModels } from '#adapters/mongo/models.ts';
import { asStoreError } from '#adapters/mongo/mongo-errors.ts';
import { createMongoStore } from '#adapters/mongo/mongo-store.ts';

export type MongoStoreOptions = {
  /** `mongodb://` or `mongodb+srv://`, with the name of the database. */
  readonly url: string;
  /** How long a server or its majority is waited for before StoreUnavailableError; 5000 ms by default. */
  readonly timeoutMs?: number;
  /** Size of a log at which it goes to a chunk, about; 64 KiB by default. */
  readonly spillBytes?: number;
  /** Hears of every group commit, for metrics; must not throw. */
  readonly onGroupCommit?: (report: BatchReport) => void;
};

/** The driver's own time-outs add up to this many for a command that it repeats once (see `connect.ts`). */
const PATIENCE = 6;

/** Larger, and every read of a workflow moves more than it needs; smaller, and chunks become many. */
const SPILL_BYTES = 64 * 1024;

/**
 * Opens the store on a database that `migrateMongoStore` has prepared.
 * Rejects with StoreUnavailableError when no server answers, with MongoSetupError when the server, the database or the URL
 * is not as it must be (no replica set, credentials refused, an index missing, a schema of another release).
 */
export async function openMongoStore({
  url,
  timeoutMs = 5000,
  spillBytes = SPILL_BYTES,
  onGroupCommit = () => {},
}: MongoStoreOptions): Promise<EngineStore> {
  const connection = await connect({ url, timeoutMs });
  try {
    await checkSetup(connection, createModels(connection));
    return createMongoStore(connection, {
      spillBytes,
      onGroupCommit,
      limitMs: timeoutMs * PATIENCE,
    });
  } catch (error) {
    await connection.close();
    throw asSetupError(error) ?? asStoreError(error);
  }
}
