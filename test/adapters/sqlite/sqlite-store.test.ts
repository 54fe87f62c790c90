import { openSqliteStore } from '#adapters/sqlite/open-sqlite-store.ts';
import { temporaryFile } from '#test/adapters/sqlite/temporary-file.ts';
import { workflowStoreContract } from '#test/contracts/workflow-store.ts';

workflowStoreContract('sqlite', async (t) => {
  const store = await openSqliteStore({ path: temporaryFile(t) });
  t.teardown(() => store.close());
  return store;
});
