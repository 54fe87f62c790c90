import test from 'ava';
import {
  committed,
  creation,
  NOW,
  remembered,
  type OpenStore,
} from '#test/contracts/workflow-store/fixtures.ts';

export function idempotencyContract(name: string, open: OpenStore): void {
  test(`${name}: a start is remembered with its creation`, async (t) => {
    const store = await open(t);
    const start = remembered('key-1', { response: { id: 'w', nested: [{ a: null }] } });
    await committed(t, store, start);
    t.deepEqual(await store.findIdempotency('key-1', NOW), start.idempotency);
    t.is(await store.findIdempotency('key-2', NOW), null);
  });

  test(`${name}: a second start under a key is a duplicate and creates nothing`, async (t) => {
    const store = await open(t);
    const first = remembered('key');
    const second = remembered('key', { fingerprint: 'other' });
    await committed(t, store, first);
    t.deepEqual(await store.append(second), { kind: 'duplicate', record: first.idempotency });
    t.is(await store.currentVersion(second.head.workflowId), 0);
    t.deepEqual(await store.findIdempotency('key', NOW), first.idempotency);
  });

  test(`${name}: the very same start again is a duplicate, not a conflict`, async (t) => {
    const store = await open(t);
    const start = remembered('key');
    await committed(t, store, start);
    t.deepEqual(await store.append(start), { kind: 'duplicate', record: start.idempotency });
  });

  test(`${name}: of many starts under one key exactly one is committed, the others learn of it`, async (t) => {
    const store = await open(t);
    const rivals = Array.from({ length: 50 }, () => remembered('key'));
    const results = await Promise.all(rivals.map((rival) => store.append(rival)));

    const winner = rivals[results.findIndex(({ kind }) => kind === 'committed')];
    t.deepEqual(
      results.filter(({ kind }) => kind !== 'committed'),
      Array.from({ length: 49 }, () => ({ kind: 'duplicate', record: winner?.idempotency })),
    );
    t.is((await store.list({}, null, 100)).length, 1);
  });

  test(`${name}: a refused creation leaves its key free`, async (t) => {
    const store = await open(t);
    const head = await committed(t, store, creation());
    const start = remembered('key');
    const clash = { ...creation({ workflowId: head.workflowId }), idempotency: start.idempotency };
    const { workflowId } = head;
    const idempotency = { ...clash.idempotency, workflowId };
    t.deepEqual(await store.append({ ...clash, idempotency }), { kind: 'conflict' });
    t.is(await store.findIdempotency('key', NOW), null);
    await committed(t, store, start);
  });

  test(`${name}: a key is free again from the moment it expires`, async (t) => {
    const store = await open(t);
    const first = remembered('key', { expiresAt: NOW + 1000 });
    await committed(t, store, first);
    t.deepEqual(await store.findIdempotency('key', NOW + 999), first.idempotency);
    t.is(await store.findIdempotency('key', NOW + 1000), null);

    const early = remembered('key', { at: NOW + 999 });
    t.deepEqual(await store.append(early), { kind: 'duplicate', record: first.idempotency });
    const second = remembered('key', { at: NOW + 1000, fingerprint: 'second' });
    await committed(t, store, second);
    t.deepEqual(await store.findIdempotency('key', NOW + 1000), second.idempotency);
    t.is(await store.currentVersion(first.head.workflowId), 1, 'its workflow stays');
  });
}
