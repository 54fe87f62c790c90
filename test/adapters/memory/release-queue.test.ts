import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import { releaseQueueContract } from '#test/contracts/release-queue.ts';

releaseQueueContract('memory', async (t) => {
  const store = createMemoryStore();
  t.teardown(() => store.close());
  return store;
});
