import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { EngineStore } from '#application/ports/engine-store.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import { createBusyRetry } from '#adapters/sqlite/busy-retry.ts';
import type { GroupCommitReport } from '#adapters/sqlite/group-commit.ts';
import { migrate } from '#adapters/sqlite/schema.ts';
import { asStoreError } from '#adapters/sqlite/sqlite-errors.ts';
import { createSqliteStore } from '#adapters/sqlite/sqlite-store.ts';

export type SqliteStoreOptions = {
  /** The file; it and its folder are made where they are missing. */
  readonly path: string;
  /** How long a busy store is tried again before StoreUnavailableError; 2000 ms by default. */
  readonly busyLimitMs?: number;
  /** Hears of every group commit, for metrics; must not throw. */
  readonly onGroupCommit?: (report: GroupCommitReport) => void;
};

/** SQLite blocks the event loop while it waits by itself: only for as long as another's commit usually takes. */
const BLOCKING_WAIT_MS = 5;

/**
 * WAL: readers and the writer don't block one another. FULL: COMMIT returns after the fsync, so what is acknowledged
 * survives a loss of power. The log file is cut back to 64 MiB after a burst.
 */
const SETTINGS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA journal_size_limit = ${64 * 1024 * 1024};
`;

/**
 * Opens the store; several processes may open one file at once, the first makes its tables.
 * Rejects with StoreUnavailableError when the file can't be opened or written, with Error when its schema is newer than ours.
 */
export async function openSqliteStore({
  path,
  busyLimitMs = 2000,
  onGroupCommit = () => {},
}: SqliteStoreOptions): Promise<EngineStore> {
  const retry = createBusyRetry(busyLimitMs);
  try {
    const database = await retry(() => connect(path));
    return createSqliteStore(database, { retry, onGroupCommit });
  } catch (error) {
    throw asStoreError(error);
  }
}

/** A connection with its settings, on the present schema; errors are those of node:sqlite. */
export function connect(path: string): DatabaseSync {
  makeFolder(dirname(path));
  const database = new DatabaseSync(path, { timeout: BLOCKING_WAIT_MS });
  try {
    database.exec(SETTINGS);
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new StoreUnavailableError(`the folder of the SQLite store can't be made: ${path}`, error);
  }
}
