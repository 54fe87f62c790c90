import test from 'ava';
import {
  committed,
  continuation,
  creation,
  paused,
  storedHead,
  type OpenStore,
} from '#test/contracts/workflow-store/fixtures.ts';

const RIVALS = 50;

export function concurrencyContract(name: string, open: OpenStore): void {
  test(`${name}: of many commits at one version exactly one is committed`, async (t) => {
    const store = await open(t);
    const head = await committed(t, store, creation());
    const rivals = Array.from({ length: RIVALS }, (_, index) =>
      continuation(head, { correlationId: `rival-${index}` }, [paused(`rival-${index}`)]),
    );
    const results = await Promise.all(rivals.map((rival) => store.append(rival)));

    t.deepEqual(results.map(({ kind }) => kind).toSorted(), [
      'committed',
      ...Array.from({ length: RIVALS - 1 }, () => 'conflict'),
    ]);
    const winner = rivals[results.findIndex(({ kind }) => kind === 'committed')];
    t.deepEqual(await store.readLog(head.workflowId, 1), winner?.events);
    t.deepEqual(await storedHead(store, head.workflowId), winner?.head);
  });

  test(`${name}: of many creations of one workflow exactly one is committed`, async (t) => {
    const store = await open(t);
    const rivals = Array.from({ length: RIVALS }, (_, index) =>
      creation({ workflowId: 'contested', correlationId: `rival-${index}` }),
    );
    const results = await Promise.all(rivals.map((rival) => store.append(rival)));

    t.is(results.filter(({ kind }) => kind === 'committed').length, 1);
    const winner = rivals[results.findIndex(({ kind }) => kind === 'committed')];
    t.deepEqual(await store.list({}, null, 10), [winner?.head]);
    t.deepEqual(await store.readLog('contested', 0), winner?.events);
  });

  test(`${name}: a refused commit does not spoil those made with it`, async (t) => {
    const store = await open(t);
    const head = await committed(t, store, creation());
    const good = Array.from({ length: 20 }, () => creation());
    const results = await Promise.allSettled([
      ...good.slice(0, 10).map((commit) => store.append(commit)),
      store.append(continuation({ ...head, version: 9 })),
      store.append({ ...creation(), events: [] }),
      ...good.slice(10).map((commit) => store.append(commit)),
    ]);

    t.deepEqual(results[10], { status: 'fulfilled', value: { kind: 'conflict' } });
    t.is(results[11]?.status, 'rejected');
    t.deepEqual(
      results.toSpliced(10, 2),
      good.map(() => ({ status: 'fulfilled', value: { kind: 'committed' } })),
    );
    for (const { head: made } of good) t.is(await store.currentVersion(made.workflowId), 1);
  });

  test(`${name}: writers that try again after a conflict leave a log without a gap`, async (t) => {
    const store = await open(t);
    const first = await committed(t, store, creation());
    const { workflowId } = first;

    async function writer(by: number): Promise<void> {
      for (let written = 0; written < 5;) {
        const version = await store.currentVersion(workflowId);
        const result = await store.append(
          continuation({ ...first, version }, {}, [paused(`${by}.${written}`), paused('second')]),
        );
        if (result.kind === 'committed') written += 1;
      }
    }
    await Promise.all(Array.from({ length: 8 }, (_, index) => writer(index)));

    const log = await store.readLog(workflowId, 0);
    t.deepEqual(
      log.map(({ version }) => version),
      Array.from({ length: 81 }, (_, index) => index + 1),
    );
    const reasons = log.map(({ event }) => (event.type === 'WorkflowPaused' ? event.reason : ''));
    t.is(new Set(reasons).size, 42, 'each of the 40 commits is there once');
    t.is((await storedHead(store, workflowId))?.version, 81);
  });
}
