import test, { type ExecutionContext } from 'ava';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { NoteStore } from '#application/ports/note-store.ts';

type Store = NoteStore & { close(): Promise<void> };

/** Registers the tests that every NoteStore must pass; `open` as in workflowStoreContract. */
export function noteStoreContract(
  name: string,
  open: (t: ExecutionContext) => Promise<Store>,
): void {
  test(`${name}: what was never noted is null`, async (t) => {
    const store = await open(t);
    t.is(await store.readNote('queues'), null);
  });

  test(`${name}: the newest note of a name is read, and no other`, async (t) => {
    const store = await open(t);
    await store.saveNote('queues', '{"a":1}');
    await store.saveNote('queues', 'naïve ✓');
    await store.saveNote('other', '');
    t.is(await store.readNote('queues'), 'naïve ✓');
    t.is(await store.readNote('other'), '');
  });

  test(`${name}: a closed store has no notes`, async (t) => {
    const store = await open(t);
    await store.close();
    const refused = [store.readNote('queues'), store.saveNote('queues', '')];
    for (const result of await Promise.allSettled(refused)) {
      t.true(result.status === 'rejected' && result.reason instanceof StoreUnavailableError);
    }
  });
}
