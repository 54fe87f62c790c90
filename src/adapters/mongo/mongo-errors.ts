import mongoose from 'mongoose';
import { StoreUnavailableError } from '#application/ports/errors.ts';

const { mongo } = mongoose;

export const DUPLICATE_KEY = 11000;
export const AUTHENTICATION_FAILED = 18;
export const UNAUTHORIZED = 13;

/**
 * Codes of the server (mongodb.com/docs/manual/reference/error-codes) that speak of its state, its disk or its replica
 * set, not of what was asked.
 */
const UNAVAILABLE: ReadonlySet<number> = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  50, // MaxTimeMSExpired
  64, // WriteConcernTimeout: the majority has not confirmed in time
  89, // NetworkTimeout
  91, // ShutdownInProgress
  100, // UnsatisfiableWriteConcern: too few members bear data
  112, // WriteConflict: the server's own retries were not enough
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  189, // PrimarySteppedDown
  262, // ExceededTimeLimit
  9001, // SocketException
  10058, // LegacyNotPrimary
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  14031, // OutOfDiskSpace
]);

/** Errors of the driver and of mongoose that mean that no server answers. */
const UNAVAILABLE_CLASSES = [
  mongo.MongoNetworkError,
  mongo.MongoServerSelectionError,
  mongo.MongoNotConnectedError,
  mongo.MongoTopologyClosedError,
  mongo.MongoServerClosedError,
  mongo.MongoClientClosedError,
  mongo.MongoExpiredSessionError,
  mongo.MongoWriteConcernError,
  mongoose.Error.MongooseServerSelectionError,
] as const;

/** Of a socket that breaks while a command is written to it: the driver hands on the error of Node as it is. */
const SOCKET_CODES: ReadonlySet<unknown> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/** The driver does not export the class: no connection of the pool was free in time. */
const POOL_EXHAUSTED = 'MongoWaitQueueTimeoutError';

/**
 * An error of the driver as the ports know it.
 * @returns a StoreUnavailableError where the store can't answer or can't make a write durable, else the error as it came
 */
export function asStoreError(error: unknown): unknown {
  const cause = unwrap(error);
  return isUnavailable(cause)
    ? new StoreUnavailableError(`the MongoDB store can't answer: ${cause.message}`, cause)
    : cause;
}

export function codeOf(error: unknown): number | null {
  return error instanceof mongo.MongoServerError && typeof error.code === 'number'
    ? error.code
    : null;
}

function isUnavailable(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if (error.name === POOL_EXHAUSTED) return true;
  if ('code' in error && SOCKET_CODES.has(error.code)) return true;
  if (UNAVAILABLE_CLASSES.some((known) => error instanceof known)) return true;
  const code = codeOf(error);
  return code !== null && UNAVAILABLE.has(code);
}

/** bulkWrite wraps an error of the connection in one of its own that has lost its class. */
function unwrap(error: unknown): unknown {
  if (!(error instanceof mongo.MongoBulkWriteError)) return error;
  const original: unknown = error.errorResponse;
  return original instanceof Error ? original : error;
}
