import type { ExecutionContext } from 'ava';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import { cursorStoreContract } from '#test/contracts/cursor-store.ts';
import { eventWaitsContract } from '#test/contracts/event-waits.ts';
import { inboundLogContract } from '#test/contracts/inbound-log.ts';
import { noteStoreContract } from '#test/contracts/note-store.ts';

cursorStoreContract('memory', open);
inboundLogContract('memory', open);
eventWaitsContract('memory', open);
noteStoreContract('memory', open);

async function open(t: ExecutionContext) {
  const store = createMemoryStore();
  t.teardown(() => store.close());
  return store;
}
