import type { EngineStore } from '#application/ports/engine-store.ts';
import { createBusyRetry } from '#adapters/sqlite/busy-retry.ts';
import { connect } from '#adapters/sqlite/connection.ts';
import type { GroupCommitReport } from '#adapters/sqlite/group-commit.ts';
import { asOpenError } from '#adapters/sqlite/sqlite-errors.ts';
import { createSqliteStore } from '#adapters/sqlite/sqlite-store.ts';
import { startWriteThread } from '#adapters/sqlite/write-thread.ts';

export type SqliteStoreOptions = {
  /** The file; it and its folder are made where they are missing. */
  readonly path: string;
  /** How long a busy store is tried again before StoreUnavailableError; 2000 ms by default. */
  readonly busyLimitMs?: number;
  /** Hears of every group commit, for metrics; must not throw. */
  readonly onGroupCommit?: (report: GroupCommitReport) => void;
};

/**
 * Opens the store: reads have a connection on the caller's thread, writes another on a thread of their own. Several processes
 * may open one file at once; the first makes its tables.
 * Rejects with StoreUnavailableError when the file can't be opened or written, with Error when its schema is newer than ours.
 */
export async function openSqliteStore({
  path,
  busyLimitMs = 2000,
  onGroupCommit,
}: SqliteStoreOptions): Promise<EngineStore> {
  const retry = createBusyRetry(busyLimitMs);
  try {
    const database = await retry(() => connect(path));
    const hear = onGroupCommit ?? (() => {});
    const own = createSqliteStore(database, { retry, onGroupCommit: hear });
    const reporting = onGroupCommit !== undefined;
    const writes = startWriteThread({ path, busyLimitMs, reporting }, hear);
    return {
      ...own,
      ...writes,
      async close() {
        await writes.close();
        await own.close();
      },
    };
  } catch (error) {
    throw asOpenError(error, path);
  }
}
