import { randomUUID } from 'node:crypto';
import type { TestFn } from 'ava';
import { migrateMongoStore } from '#adapters/mongo/migrate-mongo-store.ts';
import { findMongodb } from '../../scripts/servers/mongodb.ts';
import { startTemporary, type TemporaryServer } from '../../scripts/servers/start-temporary.ts';
import { orSkip } from './skip.ts';

export type TestMongodb = {
  /** URL of a database that nobody else uses. */
  freshUrl(): string;
  /** null: it is not ours to stop (MONGODB_URL). */
  readonly server: TemporaryServer | null;
};

/**
 * A MongoDB for one test file: the one of MONGODB_URL, else one of its own, which ends with the file.
 * `const mongodb = await mongodbForFile(test); if (mongodb !== null) { ...tests... }`
 */
export async function mongodbForFile<Context>(test: TestFn<Context>): Promise<TestMongodb | null> {
  const configured = process.env['MONGODB_URL'];
  if (configured !== undefined) return { server: null, freshUrl: () => freshUrl(configured) };
  const server = await ownMongodbForFile(test);
  return server && { server, freshUrl: () => freshUrl(server.address) };
}

/** A server of the file's own in any case: for tests that stop and kill it. */
export async function ownMongodbForFile<Context>(
  test: TestFn<Context>,
  options: { readonly replicaSet?: boolean } = {},
): Promise<TemporaryServer | null> {
  const server = await orSkip(test, async () => await startTemporary(await findMongodb(options)));
  if (server !== null) disposeWith(test, server);
  return server;
}

/** A server of the file's own with a database that is prepared for processes of the engine (STORE_URL). */
export async function migratedMongodbForFile<Context>(
  test: TestFn<Context>,
): Promise<{ readonly server: TemporaryServer; readonly url: string } | null> {
  const mongodb = await orSkip(test, async () => {
    const server = await startTemporary(await findMongodb());
    const url = freshUrl(server.address);
    await migrateMongoStore(url);
    return { server, url };
  });
  if (mongodb !== null) disposeWith(test, mongodb.server);
  return mongodb;
}

function disposeWith<Context>(test: TestFn<Context>, server: TemporaryServer): void {
  test.after.always('its MongoDB goes', () => server.dispose());
}

/** The name of a database may have 63 characters. */
export function freshUrl(address: string): string {
  const url = new URL(address);
  url.pathname = `/wes-test-${randomUUID()}`;
  return url.href;
}
