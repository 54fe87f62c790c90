import test from 'ava';
import {
  committed,
  continuation,
  creation,
  NOW,
  storedHead,
  type OpenStore,
} from '#test/contracts/workflow-store/fixtures.ts';

export function timersContract(name: string, open: OpenStore): void {
  test(`${name}: the longest overdue comes first; what is due later or never does not come`, async (t) => {
    const store = await open(t);
    const wakes = [NOW - 5, NOW + 1, NOW, null, NOW - 900, NOW - 40];
    for (const wakeAt of wakes) await committed(t, store, creation({ wakeAt }));
    const overdue = await store.overdue(NOW, 10);
    t.deepEqual(
      overdue.map(({ wakeAt }) => wakeAt),
      [NOW - 900, NOW - 40, NOW - 5, NOW],
    );
    t.deepEqual(await store.overdue(NOW, 2), overdue.slice(0, 2));
    t.deepEqual(await store.overdue(NOW - 901, 10), []);
    t.is((await store.overdue(Number.MAX_SAFE_INTEGER, 10)).length, 5, 'whatever has a time');
    for (const head of overdue) t.deepEqual(await storedHead(store, head.workflowId), head);
  });

  test(`${name}: what was written, and is to be looked at, after a time is found by it, the soonest first`, async (t) => {
    const store = await open(t);
    const ahead = (updatedAt: number, wakeAt: number | null) =>
      committed(t, store, creation({ updatedAt, wakeAt }));
    await ahead(NOW, NOW + 900);
    await ahead(NOW + 1, null);
    await ahead(NOW + 1, NOW);
    const [later, sooner] = [await ahead(NOW + 1, NOW + 40), await ahead(NOW + 7, NOW + 30)];
    t.deepEqual(await store.writtenAfter(NOW, 10), [sooner, later]);
    t.deepEqual(await store.writtenAfter(NOW, 1), [sooner]);
    t.deepEqual(await store.writtenAfter(NOW + 7, 10), []);
  });

  test(`${name}: a commit sets the time anew, or takes it away`, async (t) => {
    const store = await open(t);
    const head = await committed(t, store, creation({ wakeAt: NOW }));
    const later = await committed(t, store, continuation(head, { wakeAt: NOW + 10 }));
    t.deepEqual(await store.overdue(NOW + 9, 10), []);
    t.deepEqual(await store.overdue(NOW + 10, 10), [later]);
    await committed(t, store, continuation(later, { wakeAt: null }));
    t.deepEqual(await store.overdue(NOW + 10, 10), []);
  });

  test(`${name}: postponing moves the time and nothing else`, async (t) => {
    const store = await open(t);
    const head = await committed(t, store, creation({ wakeAt: NOW }));
    const other = await committed(t, store, creation({ wakeAt: NOW }));
    const { workflowId } = head;
    await store.postpone([{ workflowId, version: 1, wakeAt: NOW + 500 }]);
    t.deepEqual(await store.overdue(NOW, 10), [other]);
    t.deepEqual(await storedHead(store, workflowId), { ...head, wakeAt: NOW + 500 });
    t.is((await store.readLog(workflowId, 0)).length, 1);
    await committed(t, store, continuation(head));
  });

  test(`${name}: only what is still at the version is postponed`, async (t) => {
    const store = await open(t);
    const stale = await committed(t, store, creation({ wakeAt: NOW }));
    const moved = await committed(t, store, continuation(stale));
    const present = await committed(t, store, creation({ wakeAt: NOW }));
    await store.postpone([
      { workflowId: 'unknown', version: 1, wakeAt: NOW + 500 },
      { workflowId: stale.workflowId, version: stale.version, wakeAt: NOW + 500 },
      { workflowId: stale.workflowId, version: 3, wakeAt: NOW + 500 },
      { workflowId: present.workflowId, version: 1, wakeAt: NOW + 500 },
    ]);
    t.deepEqual(await store.overdue(NOW, 10), [moved]);
    t.is(await store.currentVersion('unknown'), 0);
    t.is((await store.list({}, null, 10)).length, 2);
  });

  test(`${name}: postponing nothing is allowed`, async (t) => {
    const store = await open(t);
    await t.notThrowsAsync(store.postpone([]));
  });
}
