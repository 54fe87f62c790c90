import mongoose, { type Connection } from 'mongoose';
import {
  asStoreError,
  AUTHENTICATION_FAILED,
  codeOf,
  UNAUTHORIZED,
} from '#adapters/mongo/mongo-errors.ts';
import { MongoSetupError } from '#adapters/mongo/setup-error.ts';

export type ConnectOptions = {
  /** `mongodb://` or `mongodb+srv://`, with the name of the database. */
  readonly url: string;
  /** How long a server is looked for, a connection opened, or a majority awaited, before the store is unavailable. */
  readonly timeoutMs: number;
  /** Emits every command on the client, for measurements. */
  readonly monitorCommands?: boolean;
};

/** A server that has stopped answering, without closing the connection, is given up after this many time-outs. */
const SILENT_TIMEOUTS = 2;

/**
 * Opens a connection on which nothing is acknowledged that a majority of the replica set does not have in its journal, and
 * nothing is read that could be rolled back. What the URL says about these is overridden.
 * @throws MongoSetupError for a URL that can't be used and for credentials that are refused; StoreUnavailableError
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { url, timeoutMs, monitorCommands = false } = options;
  assertUsable(url);
  const connection = mongoose.createConnection();
  try {
    return await connection.openUri(url, {
      appName: 'wes-orchestration-engine',
      autoIndex: false,
      autoCreate: false,
      bufferCommands: false,
      readPreference: 'primary',
      readConcernLevel: 'majority',
      writeConcern: new mongoose.mongo.WriteConcern('majority', timeoutMs, true),
      retryWrites: true,
      retryReads: true,
      serverSelectionTimeoutMS: timeoutMs,
      connectTimeoutMS: timeoutMs,
      waitQueueTimeoutMS: timeoutMs,
      socketTimeoutMS: timeoutMs * SILENT_TIMEOUTS,
      monitorCommands,
    });
  } catch (error) {
    await connection.close().catch(() => undefined);
    throw asSetupError(error) ?? asStoreError(error);
  }
}

/** @returns what a person must put right, or null */
export function asSetupError(error: unknown): MongoSetupError | null {
  if (codeOf(error) === AUTHENTICATION_FAILED) {
    return new MongoSetupError(
      'MongoDB refuses the user or the password of STORE_URL; if the user is kept in another database, add ' +
        '?authSource=<that database>',
      error,
    );
  }
  if (codeOf(error) === UNAUTHORIZED) {
    return new MongoSetupError(
      'the user of STORE_URL may not use the database: grant the role readWrite on it',
      error,
    );
  }
  if (error instanceof mongoose.mongo.MongoParseError) {
    return new MongoSetupError(`STORE_URL is no URL of MongoDB: ${error.message}`, error);
  }
  return null;
}

function assertUsable(url: string): void {
  if (!/^mongodb(\+srv)?:\/\//.test(url)) {
    throw new MongoSetupError(
      'the URL of a MongoDB store begins with mongodb:// or mongodb+srv://',
    );
  }
  if (!/^mongodb(\+srv)?:\/\/[^/?]+\/[^/?]+/.test(url)) {
    throw new MongoSetupError(
      'the URL of the MongoDB store names no database: mongodb://host:27017/wes, for example',
    );
  }
}
