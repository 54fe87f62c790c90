import test from 'ava';
import type { CursorStore } from '#application/ports/cursor-store.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import { committed, continuation, creation } from '#test/contracts/workflow-store/fixtures.ts';
import type { ExecutionContext } from 'ava';

type Store = CursorStore & WorkflowStore;

/** Registers the tests that every CursorStore must pass; `open` as in workflowStoreContract. */
export function cursorStoreContract(
  name: string,
  open: (t: ExecutionContext) => Promise<Store>,
): void {
  test(`${name}: a cursor that nobody has claimed is at the beginning`, async (t) => {
    const store = await open(t);
    t.is(await store.readCursor('relay'), null);
    t.deepEqual(await store.claimCursor('relay'), { fence: 1, position: null });
    t.is(await store.readCursor('relay'), null);
  });

  test(`${name}: a saved position is read, and found by the next claim`, async (t) => {
    const store = await open(t);
    const { fence } = await store.claimCursor('relay');
    t.true(await store.saveCursor('relay', fence, '17'));
    t.is(await store.readCursor('relay'), '17');
    t.true(await store.saveCursor('relay', fence, '18'), 'a claim saves as often as it likes');
    t.deepEqual(await store.claimCursor('relay'), { fence: 2, position: '18' });
    t.true(await store.saveCursor('relay', 2, null));
    t.is(await store.readCursor('relay'), null, 'a reader may be sent back to the beginning');
  });

  test(`${name}: a claim is void from the next one on, and its saves change nothing`, async (t) => {
    const store = await open(t);
    const old = await store.claimCursor('relay');
    await store.saveCursor('relay', old.fence, '5');
    const next = await store.claimCursor('relay');
    t.false(await store.saveCursor('relay', old.fence, '9'));
    t.is(await store.readCursor('relay'), '5');
    t.true(await store.saveCursor('relay', next.fence, '6'));
    t.false(
      await store.saveCursor('relay', next.fence + 1, '9'),
      'nor is a claim that is not made yet',
    );
    t.is(await store.readCursor('relay'), '6');
  });

  test(`${name}: of claims made at once only one can save`, async (t) => {
    const store = await open(t);
    const claims = await Promise.all(Array.from({ length: 20 }, () => store.claimCursor('relay')));
    t.is(new Set(claims.map(({ fence }) => fence)).size, 20);
    const saved = await Promise.all(
      claims.map(({ fence }) => store.saveCursor('relay', fence, String(fence))),
    );
    t.is(saved.filter(Boolean).length, 1);
    t.is(await store.readCursor('relay'), '20');
  });

  test(`${name}: cursors do not disturb one another`, async (t) => {
    const store = await open(t);
    const [a, b] = [await store.claimCursor('a'), await store.claimCursor('b')];
    await store.claimCursor('a');
    t.false(await store.saveCursor('a', a.fence, '1'));
    t.true(await store.saveCursor('b', b.fence, '2'));
    t.false(await store.saveCursor('unclaimed', 1, '3'));
    t.is(await store.readCursor('unclaimed'), null);
  });

  test(`${name}: tells about how many events come after a position`, async (t) => {
    const store = await open(t);
    t.is(await store.countFeedAfter(null), 0);
    const head = await committed(t, store, creation());
    const middle = await store.feedEnd();
    await committed(t, store, continuation(head));
    await committed(t, store, creation());
    t.is(await store.countFeedAfter(null), 3);
    t.is(await store.countFeedAfter(middle), 2);
    t.is(await store.countFeedAfter(await store.feedEnd()), 0);
  });

  test(`${name}: a closed store has no cursors`, async (t) => {
    const store = await open(t);
    await store.close();
    const refused = [
      store.claimCursor('relay'),
      store.saveCursor('relay', 1, '1'),
      store.readCursor('relay'),
      store.countFeedAfter(null),
    ];
    for (const result of await Promise.allSettled(refused)) {
      t.true(result.status === 'rejected' && result.reason instanceof StoreUnavailableError);
    }
  });
}
