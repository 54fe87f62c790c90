import { join } from 'node:path';
import { migrateMongoStore } from '#adapters/mongo/migrate-mongo-store.ts';
import { freshUrl } from '#test/servers/mongodb.ts';
import { findMongodb } from '../../../scripts/servers/mongodb.ts';
import { startTemporary } from '../../../scripts/servers/start-temporary.ts';

/** A store that the engine can be tried out on. */
export type StoreUnderTest = {
  /** By which it is chosen: `--store sqlite`. */
  readonly name: string;
  /** How many starts it can carry, in relation to the default one: those of a case come by so much slower, or what waits is the store. */
  readonly pace: number;
  /** Starts that are insisted on are held back while so many workflows are under way; null: no server waits that could be overrun. */
  readonly mostUnderWay: number | null;
  /**
   * Makes an empty one, and starts what it needs.
   * @param folder of the case, which is removed after it
   */
  readonly start: (folder: string) => Promise<RunningStore>;
};

export type RunningStore = {
  /** STORE_URL of the engine's processes, and of the harness, which reads it. */
  readonly url: string;
  readonly stop: () => Promise<void>;
};

/** The first is the default. */
export const STORES: readonly [StoreUnderTest, ...StoreUnderTest[]] = [
  {
    name: 'sqlite',
    pace: 1,
    mostUnderWay: null,
    start: async (folder) => ({ url: `sqlite:${sqliteFile(folder)}`, stop: async () => {} }),
  },
  {
    name: 'mongodb',
    // the stand-in syncs every document by itself: some 150 commits a second, on a quiet machine
    pace: 0.25,
    // and on a busy one a quarter of that, some two steps a second for each of these
    mostUnderWay: 12,
    async start() {
      const server = await startTemporary(await findMongodb());
      const url = freshUrl(server.address);
      await migrateMongoStore(url);
      return { url, stop: () => server.dispose() };
    },
  },
];

/** The file of the SQLite store of a case. */
export function sqliteFile(folder: string): string {
  return join(folder, 'wes.db');
}
