import { randomUUID } from 'node:crypto';
import type { TestFn } from 'ava';
import { findServer } from '../../scripts/servers/find-server.ts';
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
): Promise<TemporaryServer | null> {
  const server = await orSkip(test, async () => await startTemporary(await findServer('mongodb')));
  if (server !== null) test.after.always('its MongoDB goes', () => server.dispose());
  return server;
}

/** The name of a database may have 63 characters. */
export function freshUrl(address: string): string {
  const url = new URL(address);
  url.pathname = `/wes-test-${randomUUID()}`;
  return url.href;
}
