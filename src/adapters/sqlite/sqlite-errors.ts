import { StoreUnavailableError } from '#application/ports/errors.ts';

const BUSY = 5;
const LOCKED = 6;
/** The race for the WAL locks was lost too often. */
const PROTOCOL = 15;

/**
 * Primary result codes (sqlite.org/rescode.html) that speak of the file, the disk or a lock. All others (a broken
 * constraint, faulty SQL) are faults of a caller or of this adapter: to try those again would hide them.
 */
const UNAVAILABLE: ReadonlySet<number> = new Set([
  3, // PERM
  BUSY,
  LOCKED,
  7, // NOMEM
  8, // READONLY
  9, // INTERRUPT
  10, // IOERR
  11, // CORRUPT
  13, // FULL
  14, // CANTOPEN
  PROTOCOL,
  17, // SCHEMA: changed under our statements, again and again
  22, // NOLFS: the file system can't hold a file of this size
  26, // NOTADB
]);

/** Is another connection holding the lock just now? */
export function isBusy(error: unknown): boolean {
  const code = primaryCode(error);
  return code === BUSY || code === LOCKED;
}

/**
 * An error of node:sqlite as the ports know it.
 * @returns a StoreUnavailableError where the store can't answer (a closed one included), else the error as it came
 */
export function asStoreError(error: unknown): unknown {
  return isUnavailable(error)
    ? new StoreUnavailableError(`the SQLite store can't answer: ${error.message}`, error)
    : error;
}

/**
 * An error of opening the file.
 * @returns a StoreUnavailableError that names the file, where it is about that; else the error as it came
 */
export function asOpenError(error: unknown, path: string): unknown {
  return isUnavailable(error)
    ? new StoreUnavailableError(`the SQLite store ${path} can't be opened: ${error.message}`, error)
    : error;
}

/** May it be gone a moment later, by itself? Not so a file that is no database, or a folder that is none. */
export function isPassing(error: unknown): boolean {
  return error instanceof StoreUnavailableError && (isBusy(error.cause) || isRace(error.cause));
}

function isRace(error: unknown): boolean {
  return primaryCode(error) === PROTOCOL;
}

/** Can the store not answer, through no fault of what was asked of it? */
export function isUnavailable(error: unknown): error is Error {
  const code = primaryCode(error);
  return (code !== null && UNAVAILABLE.has(code)) || isClosed(error);
}

function isClosed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE';
}

/** The low byte; the rest of an extended code only tells more of the same. */
function primaryCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error)) return null;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : null;
}
