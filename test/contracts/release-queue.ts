import test, { type ExecutionContext } from 'ava';
import type { ReleaseQueue } from '#application/ports/release-queue.ts';
import type { WorkflowHead } from '#application/ports/workflow-store.ts';
import {
  committed,
  continuation,
  creation,
  NOW,
  type Store,
} from '#test/contracts/workflow-store/fixtures.ts';
import { WORKFLOW_STATUSES } from '#domain/workflow/vocabulary.ts';

/**
 * Registers the tests that every ReleaseQueue must pass.
 * @param name of the adapter, in front of each title
 * @param open gives an empty store of its own to each test, and closes it in the test's teardown
 */
export function releaseQueueContract(
  name: string,
  open: (t: ExecutionContext) => Promise<Store & ReleaseQueue>,
): void {
  const ids = (heads: readonly WorkflowHead[]) => heads.map(({ workflowId }) => workflowId);
  const place = (second: number, workflowId = `w${second}`) => ({
    workflowId,
    createdAt: NOW + second * 1000,
    updatedAt: NOW + second * 1000,
  });

  test(`${name}: an empty store has no lanes and nobody waits`, async (t) => {
    const store = await open(t);
    t.deepEqual(await store.lanes(), []);
    t.deepEqual(await store.waiting('A', 'HIGH', null, 10), []);
    t.deepEqual(await store.waitingForCutOff(0, NOW, 10), []);
    t.is(await store.countAhead('A', 'HIGH', { createdAt: NOW, workflowId: 'w' }), 0);
    t.is(await store.onFloor('A'), 0);
  });

  test(`${name}: lane and cut-off come back as they were committed`, async (t) => {
    const store = await open(t);
    const { head } = creation({ ...place(1), lane: 'WH-1/Å 🚚', cutOffAt: NOW + 1 });
    await committed(t, store, creation(head));
    t.deepEqual(await store.waiting('WH-1/Å 🚚', 'NORMAL', null, 10), [head]);
    t.deepEqual(await store.waitingForCutOff(NOW, NOW + 2, 10), [head]);
  });

  test(`${name}: the line of a lane and class is by age, then by id, page by page`, async (t) => {
    const store = await open(t);
    const commits = [
      creation({ ...place(3), lane: 'A' }),
      creation({ ...place(1), lane: 'A' }),
      creation({ ...place(2, 'w2b'), lane: 'A' }),
      creation({ ...place(2, 'w2a'), lane: 'A' }),
      creation({ ...place(0), lane: 'A', priority: 'LOW' }),
      creation({ ...place(0, 'other-lane'), lane: 'B' }),
      creation({ ...place(0, 'no-lane') }),
      creation({ ...place(0, 'released'), lane: 'A', status: 'EXECUTING' }),
    ];
    for (const commit of commits) await committed(t, store, commit);
    const first = await store.waiting('A', 'NORMAL', null, 2);
    t.deepEqual(ids(first), ['w1', 'w2a']);
    t.deepEqual(ids(await store.waiting('A', 'NORMAL', first[1] ?? null, 9)), ['w2b', 'w3']);
    t.deepEqual(ids(await store.waiting('A', 'LOW', null, 9)), ['w0']);
    t.deepEqual(await store.waiting('A', 'NORMAL', null, 0), []);
    t.is(await store.countAhead('A', 'NORMAL', { ...place(2, 'w2b') }), 2);
    t.is(await store.countAhead('A', 'NORMAL', { ...place(1) }), 0);
  });

  test(`${name}: who is released leaves the line and stays in the lane until it ends`, async (t) => {
    const store = await open(t);
    const waiting = await committed(
      t,
      store,
      creation({ ...place(1), lane: 'A', cutOffAt: NOW + 60_000 }),
    );
    const tally = { lane: 'A', priority: 'NORMAL', orders: 1, oldestAt: NOW + 1000 } as const;
    t.deepEqual(await store.lanes(), [{ ...tally, status: 'PENDING' }]);
    const released = await committed(
      t,
      store,
      continuation(waiting, { status: 'EXECUTING', cutOffAt: null, startedAt: NOW + 2000 }),
    );
    t.deepEqual(await store.lanes(), [{ ...tally, status: 'EXECUTING' }]);
    t.deepEqual(await store.waiting('A', 'NORMAL', null, 10), []);
    t.deepEqual(await store.waitingForCutOff(0, NOW + 99_999, 10), []);
    await committed(t, store, continuation(released, { status: 'COMPLETED', lane: null }));
    t.deepEqual(await store.lanes(), []);
  });

  test(`${name}: lanes are summed up by status and class`, async (t) => {
    const store = await open(t);
    const commits = [
      creation({ ...place(5), lane: 'A' }),
      creation({ ...place(4), lane: 'A' }),
      creation({ ...place(3), lane: 'A', priority: 'HIGH' }),
      creation({ ...place(2), lane: 'A', status: 'PAUSED' }),
      creation({ ...place(1), lane: 'B' }),
      creation({ ...place(0) }),
    ];
    for (const commit of commits) await committed(t, store, commit);
    const lines = (await store.lanes()).map(
      ({ lane, status, priority, orders, oldestAt }) =>
        `${lane} ${status} ${priority} ${orders} since ${(oldestAt - NOW) / 1000}`,
    );
    t.deepEqual(lines.toSorted(), [
      'A PAUSED NORMAL 1 since 2',
      'A PENDING HIGH 1 since 3',
      'A PENDING NORMAL 2 since 4',
      'B PENDING NORMAL 1 since 1',
    ]);
  });

  test(`${name}: on the floor of a lane is whoever was released and has not ended`, async (t) => {
    const store = await open(t);
    for (const [index, status] of WORKFLOW_STATUSES.entries()) {
      await committed(t, store, creation({ ...place(index), lane: 'A', status }));
    }
    await committed(t, store, creation({ ...place(50), lane: 'B', status: 'EXECUTING' }));
    t.is(await store.onFloor('A'), 3, 'EXECUTING, PAUSED, COMPENSATING');
    t.is(await store.onFloor('B'), 1);
  });

  test(`${name}: cut-offs come soonest first, of all lanes, and only those within the time`, async (t) => {
    const store = await open(t);
    const commits = [
      creation({ ...place(1), lane: 'A', cutOffAt: NOW + 30 }),
      creation({ ...place(2), lane: 'B', cutOffAt: NOW + 10 }),
      creation({ ...place(3), lane: 'A', cutOffAt: NOW + 20 }),
      creation({ ...place(4), lane: 'A', cutOffAt: NOW + 40 }),
      creation({ ...place(5), lane: 'A' }),
    ];
    for (const commit of commits) await committed(t, store, commit);
    t.deepEqual(ids(await store.waitingForCutOff(NOW + 10, NOW + 40, 10)), ['w2', 'w3', 'w1']);
    t.deepEqual(ids(await store.waitingForCutOff(NOW + 11, NOW + 99, 2)), ['w3', 'w1']);
  });
}
