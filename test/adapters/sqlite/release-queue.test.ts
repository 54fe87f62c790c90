import { openSqliteStore } from '#adapters/sqlite/open-sqlite-store.ts';
import { temporaryFile } from '#test/adapters/sqlite/temporary-file.ts';
import { releaseQueueContract } from '#test/contracts/release-queue.ts';

releaseQueueContract('sqlite', async (t) => {
  const store = await openSqliteStore({ path: temporaryFile(t) });
  t.teardown(() => store.close());
  return store;
});
