import test from 'ava';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import {
  continuation,
  creation,
  NOW,
  type OpenStore,
} from '#test/contracts/workflow-store/fixtures.ts';

export function closingContract(name: string, open: OpenStore): void {
  test(`${name}: an open store answers a ping`, async (t) => {
    const store = await open(t);
    await t.notThrowsAsync(store.ping());
  });

  test(`${name}: what was asked before the closing is still done`, async (t) => {
    const store = await open(t);
    const pending = Array.from({ length: 20 }, () => store.append(creation()));
    await store.close();
    for (const { kind } of await Promise.all(pending)) t.is(kind, 'committed');
  });

  test(`${name}: closing twice is allowed`, async (t) => {
    const store = await open(t);
    await Promise.all([store.close(), store.close()]);
    await t.notThrowsAsync(store.close());
  });

  test(`${name}: a closed store rejects everything as unavailable, and never throws`, async (t) => {
    const store = await open(t);
    await store.close();
    const source = {};
    const refused = [
      store.append(creation()),
      store.append(continuation(creation().head)),
      store.readLog('w', 0),
      store.readLogs(['w']),
      store.currentVersion('w'),
      store.list({}, null, 10),
      store.overdue(NOW, 10),
      store.postpone([{ workflowId: 'w', version: 1, wakeAt: NOW }]),
      store.findIdempotency('key', NOW),
      store.counts(),
      store.readFeed(null, 10),
      store.feedEnd(),
      store.ping(),
      store.saveDefinition({ definitionId: 'd', version: 1, source, createdAt: NOW }),
      store.findDefinition('d', null),
      store.findVersion('d', null),
      store.listDefinitions(),
      store.retireDefinition('d', 1),
    ];
    for (const result of await Promise.allSettled(refused)) {
      t.true(result.status === 'rejected' && result.reason instanceof StoreUnavailableError);
    }
  });
}
