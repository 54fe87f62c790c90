import type { ExecutionContext } from 'ava';
import mongoose, { type Connection, type mongo } from 'mongoose';
import { connect } from '#adapters/mongo/connect.ts';
import { migrateMongoStore } from '#adapters/mongo/migrate-mongo-store.ts';
import { createMongoStore } from '#adapters/mongo/mongo-store.ts';
import type { EngineStore } from '#application/ports/engine-store.ts';

/** A command as it went to the server. */
export type SentCommand = {
  readonly name: string;
  readonly command: mongo.Document;
  /** Of the command as BSON. */
  readonly bytes: number;
};

export type ObservedStore = {
  readonly store: EngineStore;
  /** The store's own connection, to look at what it has written, or to damage it. */
  readonly connection: Connection;
  readonly database: mongo.Db;
  /** Commands that the store sends while this runs. */
  commandsOf(work: () => Promise<unknown>): Promise<readonly SentCommand[]>;
};

/** A store on a database of its own whose round trips are seen. */
export async function openObserved(
  t: ExecutionContext,
  url: string,
  settings: { readonly spillBytes: number } = { spillBytes: 64 * 1024 },
): Promise<ObservedStore> {
  await migrateMongoStore(url);
  const connection = await connect({ url, timeoutMs: 5000, monitorCommands: true });
  const store = createMongoStore(connection, {
    ...settings,
    onGroupCommit: () => {},
    limitMs: 30_000,
  });
  t.teardown(() => store.close());
  return {
    store,
    connection,
    database: connection.getClient().db(),
    async commandsOf(work) {
      const sent: SentCommand[] = [];
      const note = ({ commandName: name, command }: mongo.CommandStartedEvent) =>
        sent.push({ name, command, bytes: mongoose.mongo.BSON.calculateObjectSize(command) });
      connection.getClient().on('commandStarted', note);
      await work();
      connection.getClient().off('commandStarted', note);
      return sent;
    },
  };
}
