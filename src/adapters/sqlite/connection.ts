import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import { migrate } from '#adapters/sqlite/schema.ts';

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

/** Folder by folder: in a place like /proc the recursive mkdir of Node never returns. */
function makeFolder(path: string): void {
  const missing: string[] = [];
  let at = resolve(path);
  for (; !existsSync(at); at = dirname(at)) missing.push(at);
  try {
    if (!statSync(at).isDirectory()) throw new Error(`${at} is no folder`);
    for (const folder of missing.reverse()) if (!existsSync(folder)) mkdirSync(folder);
  } catch (error) {
    throw new StoreUnavailableError(`the folder of the SQLite store can't be made: ${path}`, error);
  }
}
