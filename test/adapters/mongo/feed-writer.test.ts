import test, { type ExecutionContext } from 'ava';
import { nextBatch, toUnfedWorkflow } from '#adapters/mongo/feed-batch.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import { openFresh, open } from '#test/adapters/mongo/open-store.ts';
import { openObserved, type ObservedStore } from '#test/adapters/mongo/observed-store.ts';
import {
  committed,
  continuation,
  creation,
  paused,
} from '#test/contracts/workflow-store/fixtures.ts';
import { mongodbForFile } from '#test/servers/mongodb.ts';
import { until } from '#test/support/until.ts';

const mongodb = await mongodbForFile(test);
if (mongodb !== null) {
  test('a batch whose writer died before it said so on the workflows is not fed again', async (t) => {
    const observed = await openObserved(t, mongodb.freshUrl());
    const { store } = observed;
    const heads = [await committed(t, store, creation()), await committed(t, store, creation())];
    await leaveBatch(observed);
    // One of them has moved on since.
    for (const head of heads.slice(1)) {
      await committed(t, store, continuation(head, { status: 'EXECUTING' }));
    }
    const { events } = await store.readFeed(null, 10);
    t.deepEqual(
      events.map(({ version, position }) => [version, position]),
      [
        [1, '1'],
        [1, '2'],
        [2, '3'],
      ],
    );
    t.like((await store.counts()).byStatus, { PENDING: 1, EXECUTING: 1 });
  });

  test('a batch whose writer died half way through the workflows is not fed again', async (t) => {
    const observed = await openObserved(t, mongodb.freshUrl());
    const { store, database } = observed;
    const { workflowId } = await committed(t, store, creation());
    await committed(t, store, creation());
    await leaveBatch(observed);
    const tallied = { status: 'PENDING', priority: 'NORMAL', tookMs: null };
    await database
      .collection<{ _id: string }>('workflows')
      .updateOne({ _id: workflowId }, { $set: { fedTo: 1, tallied }, $unset: { unfedSince: 1 } });
    t.is((await store.readFeed(null, 10)).events.length, 2);
    t.is((await store.counts()).byStatus.PENDING, 2);
    t.is(await store.feedEnd(), '2');
  });

  test('processes that commit and read at once make one feed: every event once, each log in order', async (t) => {
    const url = mongodb.freshUrl();
    const stores = [await openFresh(t, { url }), await open(t, { url }), await open(t, { url })];
    const shared = await committed(t, store(0), creation());
    await Promise.all([
      ...stores.map((one) => runWorkflows(t, one, 5, 4)),
      ...stores.map((one) => contend(one, shared.workflowId, 5)),
      ...stores.map((one) => lookOften(one, 15)),
    ]);
    const feeds = await Promise.all(stores.map((one) => one.readFeed(null, 10_000)));
    const [{ events, position } = { events: [], position: null }] = feeds;
    for (const feed of feeds) t.deepEqual(feed, { events, position });

    t.deepEqual(
      events.map((event) => event.position),
      events.map((_, index) => String(index + 1)),
    );
    t.is(events.length, 1 + 3 * 5 * 5 + 3 * 5);
    for (const [workflowId, fed] of Map.groupBy(events, (event) => event.workflowId)) {
      const log = await store(1).readLog(workflowId, 0);
      t.deepEqual(
        fed.map(({ position: _, ...event }) => event),
        log,
      );
    }
    t.deepEqual((await store(2).counts()).byStatus.PENDING, 16);

    function store(index: number) {
      const found = stores[index];
      if (found === undefined) throw new Error(`no store ${index}`);
      return found;
    }
  });

  test('a backlog larger than a batch is fed whole', async (t) => {
    const { store, database } = await openObserved(t, mongodb.freshUrl());
    await Promise.all(Array.from({ length: 520 }, () => store.append(creation())));
    t.is((await store.counts()).byStatus.PENDING, 520);
    t.is(await store.feedEnd(), '520');
    t.true((await database.collection('feed').countDocuments()) >= 2);
    t.is((await store.readFeed('10', 1000)).events.length, 510);
  });

  test('what is committed comes into the feed though nobody looks', async (t) => {
    const { store, database } = await openObserved(t, mongodb.freshUrl());
    await committed(t, store, creation());
    await until(async () => (await database.collection('feed').countDocuments()) === 1);
    t.is(await store.feedEnd(), '1');
  });
}

/** What a writer of the feed leaves that dies as soon as its batch is in. */
async function leaveBatch({ database }: ObservedStore): Promise<void> {
  const documents = await database.collection('workflows').find().sort({ unfedSince: 1 }).toArray();
  const { _id, ...batch } = nextBatch(null, documents.map(toUnfedWorkflow));
  await database.collection<{ _id: number }>('feed').insertOne({ _id, ...batch });
}

async function runWorkflows(
  t: ExecutionContext,
  store: WorkflowStore,
  workflows: number,
  steps: number,
): Promise<void> {
  for (let done = 0; done < workflows; done += 1) {
    let head = await committed(t, store, creation());
    for (let step = 0; step < steps; step += 1) {
      head = await committed(t, store, continuation(head));
    }
  }
}

/** Commits to a workflow that others commit to as well. */
async function contend(store: WorkflowStore, workflowId: string, commits: number): Promise<void> {
  for (let done = 0; done < commits;) {
    const version = await store.currentVersion(workflowId);
    const { head } = creation({ workflowId });
    const { kind } = await store.append(continuation({ ...head, version }, {}, [paused('mine')]));
    if (kind === 'committed') done += 1;
  }
}

async function lookOften(store: WorkflowStore, times: number): Promise<void> {
  for (let looked = 0; looked < times; looked += 1) {
    await store.readFeed(null, 5);
    await store.counts();
  }
}
