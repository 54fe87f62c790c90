import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import { workflowStoreContract } from '#test/contracts/workflow-store.ts';

workflowStoreContract('memory', async (t) => {
  const store = createMemoryStore();
  t.teardown(() => store.close());
  return store;
});
