import test from 'ava';
import type { Commit } from '#application/ports/workflow-store.ts';
import {
  committed,
  continuation,
  creation,
  NOW,
  paused,
  remembered,
  storedHead,
  type OpenStore,
} from '#test/contracts/workflow-store/fixtures.ts';

export function appendContract(name: string, open: OpenStore): void {
  test(`${name}: a committed workflow has its events and its head`, async (t) => {
    const store = await open(t);
    const born = creation({ correlationId: 'order-7', wakeAt: NOW + 50 });
    await committed(t, store, born);
    const moved = continuation(
      born.head,
      { status: 'EXECUTING', startedAt: NOW + 3, wakeAt: null },
      [{ type: 'WorkflowStarted', deadlineAt: NOW + 9 }, paused('one'), paused('two')],
    );
    await committed(t, store, moved);

    const { workflowId } = born.head;
    t.deepEqual(await store.readLog(workflowId, 0), [...born.events, ...moved.events]);
    t.deepEqual(await storedHead(store, workflowId), moved.head);
    t.is(await store.currentVersion(workflowId), 4);
  });

  test(`${name}: the whole head moves with a commit`, async (t) => {
    const store = await open(t);
    const head = await committed(t, store, creation());
    const moved = continuation(head, {
      status: 'COMPLETED',
      workflowType: 'PICKING',
      priority: 'HIGH',
      correlationId: 'late',
      definitionId: 'other',
      definitionVersion: 7,
      createdAt: NOW - 5,
      updatedAt: NOW + 5,
      startedAt: NOW + 1,
      completedAt: NOW + 2,
      wakeAt: NOW + 3,
    });
    await committed(t, store, moved);
    t.deepEqual(await storedHead(store, head.workflowId), moved.head);
  });

  test(`${name}: a log is read from the version after a given one`, async (t) => {
    const store = await open(t);
    const born = creation();
    const moved = continuation(born.head, {}, [paused('one'), paused('two')]);
    await committed(t, store, born);
    await committed(t, store, moved);
    const { workflowId } = born.head;
    t.deepEqual(await store.readLog(workflowId, 1), moved.events);
    t.deepEqual(await store.readLog(workflowId, 2), moved.events.slice(1));
    t.deepEqual(await store.readLog(workflowId, 3), []);
  });

  test(`${name}: several logs are read at once`, async (t) => {
    const store = await open(t);
    const [first, second, third] = [creation(), creation(), creation()];
    for (const one of [first, second, third]) await committed(t, store, one);
    const more = continuation(first.head);
    await committed(t, store, more);

    const { workflowId } = first.head;
    const logs = await store.readLogs([second.head.workflowId, 'unknown', workflowId]);
    t.is(logs.size, 2);
    t.deepEqual(logs.get(workflowId), [...first.events, ...more.events]);
    t.deepEqual(logs.get(second.head.workflowId), second.events);
    t.is((await store.readLogs([])).size, 0);
  });

  test(`${name}: an unknown workflow has version 0 and an empty log`, async (t) => {
    const store = await open(t);
    t.is(await store.currentVersion('unknown'), 0);
    t.deepEqual(await store.readLog('unknown', 0), []);
  });

  test(`${name}: a commit at another version than the present one is a conflict and leaves nothing`, async (t) => {
    const store = await open(t);
    const head = await committed(t, store, creation());
    const second = await committed(t, store, continuation(head));
    const before = await snapshot();

    const late = continuation(head, { status: 'CANCELLED' }, [paused('late'), paused('later')]);
    const early = continuation({ ...second, version: 5 }, { status: 'CANCELLED' });
    const again = creation({ workflowId: head.workflowId, status: 'CANCELLED' });
    const unknown = continuation(creation().head);
    for (const refused of [late, early, again, unknown]) {
      t.deepEqual(await store.append(refused), { kind: 'conflict' });
    }
    t.deepEqual(await snapshot(), before);

    async function snapshot() {
      const feed = await store.readFeed(null, 100);
      return { feed, heads: await store.list({}, null, 100), counts: await store.counts() };
    }
  });

  test(`${name}: a commit that is no continuation of its expected version is refused whole`, async (t) => {
    const store = await open(t);
    const head = await committed(t, store, creation());
    const good = continuation(head, {}, [paused('one'), paused('two')]);
    const [one, two] = good.events;
    if (!one || !two) return t.fail();
    const stranger = { ...two, workflowId: 'another' };
    const malformed: readonly Commit[] = [
      { ...good, events: [] },
      { ...good, events: [one], head: { ...good.head, version: 3 } },
      { ...good, events: [two, one] },
      { ...good, events: [one, { ...two, version: 4 }], head: { ...good.head, version: 4 } },
      { ...good, events: [one, stranger] },
      { ...good, head: { ...good.head, version: 2 } },
      { ...good, idempotency: { ...remembered('key').idempotency, workflowId: head.workflowId } },
      { ...creation(), idempotency: remembered('key').idempotency },
    ];
    for (const commit of malformed) {
      await t.throwsAsync(store.append(commit), { instanceOf: TypeError });
    }
    t.is((await store.readFeed(null, 100)).events.length, 1);
    t.is(await store.findIdempotency('key', NOW), null);
    await committed(t, store, good);
  });
}
