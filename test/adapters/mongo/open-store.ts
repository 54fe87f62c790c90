import type { ExecutionContext } from 'ava';
import { migrateMongoStore } from '#adapters/mongo/migrate-mongo-store.ts';
import { openMongoStore, type MongoStoreOptions } from '#adapters/mongo/open-mongo-store.ts';
import type { EngineStore } from '#application/ports/engine-store.ts';

/** A server that many tests ask at once, on a busy machine, takes its time; tests of outages have limits of their own. */
const PATIENCE_MS = 30_000;

/** A store on a database of its own, prepared; closed when the test ends. */
export async function openFresh(
  t: ExecutionContext,
  options: MongoStoreOptions,
): Promise<EngineStore> {
  await migrateMongoStore(options.url);
  return await open(t, options);
}

/** A further store on a database that is prepared. */
export async function open(t: ExecutionContext, options: MongoStoreOptions): Promise<EngineStore> {
  const store = await openMongoStore({ timeoutMs: PATIENCE_MS, ...options });
  t.teardown(() => store.close());
  return store;
}
