import test, { type ExecutionContext } from 'ava';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import { startLossyProxy } from '#test/adapters/mongo/lossy-proxy.ts';
import { openFresh } from '#test/adapters/mongo/open-store.ts';
import {
  committed,
  continuation,
  creation,
  paused,
  remembered,
} from '#test/contracts/workflow-store/fixtures.ts';
import { mongodbForFile } from '#test/servers/mongodb.ts';

const mongodb = await mongodbForFile(test);
if (mongodb !== null) {
  test('a commit whose answer is lost is committed, once', async (t) => {
    const { store, proxy } = await open(t);
    const head = await committed(t, store, creation());
    proxy.loseAnswers('$push', 1);
    await committed(t, store, continuation(head, {}, [paused('one'), paused('two')]));
    t.is(proxy.lost(), 1);
    t.is((await store.readLog(head.workflowId, 0)).length, 3);
  });

  test('a creation whose answer is lost is committed, with its key', async (t) => {
    const { store, proxy } = await open(t);
    proxy.loseAnswers('idempotency', 1);
    const start = remembered('key');
    await committed(t, store, start);
    t.is(proxy.lost(), 1);
    t.deepEqual(await store.append(remembered('key')), {
      kind: 'duplicate',
      record: start.idempotency,
    });
    t.is((await store.readFeed(null, 10)).events.length, 1);
  });

  test('commits of one batch whose answer is lost: each is told what became of it', async (t) => {
    const { store, proxy } = await open(t);
    const heads = await Promise.all(
      Array.from({ length: 10 }, () => committed(t, store, creation())),
    );
    const stale = heads.slice(0, 3);
    for (const head of stale) await committed(t, store, continuation(head));
    proxy.loseAnswers('$push', 1);
    const results = await Promise.all(heads.map((head) => store.append(continuation(head))));
    t.is(proxy.lost(), 1);
    t.deepEqual(
      results.map(({ kind }) => kind),
      heads.map((_, index) => (index < stale.length ? 'conflict' : 'committed')),
    );
    for (const { workflowId } of heads) t.is(await store.currentVersion(workflowId), 2);
  });

  test('a commit with no answer at all is unavailable; asked again it is a conflict, never doubled', async (t) => {
    const { store, proxy } = await open(t);
    const head = await committed(t, store, creation());
    const commit = continuation(head);
    proxy.loseAnswers('$push', 2);
    await t.throwsAsync(store.append(commit), { instanceOf: StoreUnavailableError });
    t.deepEqual(await store.append(commit), { kind: 'conflict' });
    t.deepEqual(await store.readLog(head.workflowId, 1), commit.events);
  });

  test('a batch of the feed whose answer is lost is in the feed once', async (t) => {
    const { store, proxy } = await open(t);
    await Promise.all([committed(t, store, creation()), committed(t, store, creation())]);
    proxy.loseAnswers('totals', 1);
    t.is((await store.readFeed(null, 10)).events.length, 2);
    t.is(await store.feedEnd(), '2');
    t.is((await store.counts()).byStatus.PENDING, 2);
  });
}

async function open(t: ExecutionContext) {
  const proxy = await startLossyProxy(t, mongodb?.freshUrl() ?? '');
  const store = await openFresh(t, { url: proxy.url });
  return { proxy, store };
}
