import test, { type ExecutionContext } from 'ava';
import type { Commit } from '#application/ports/workflow-store.ts';
import { openMongoStore } from '#adapters/mongo/open-mongo-store.ts';
import { openObserved } from '#test/adapters/mongo/observed-store.ts';
import { committed, continuation, creation } from '#test/contracts/workflow-store/fixtures.ts';
import { mongodbForFile } from '#test/servers/mongodb.ts';

const mongodb = await mongodbForFile(test);
if (mongodb !== null) {
  test('a writer that died between the chunk and the commit leaves a log that is read once and goes on', async (t) => {
    const { store, database, leaveChunk } = await open(t);
    const first = creation();
    await committed(t, store, first);
    await leaveChunk(first);
    const { workflowId } = first.head;
    t.deepEqual(await store.readLog(workflowId, 0), first.events);
    t.is((await store.readFeed(null, 10)).events.length, 1);

    const second = continuation(first.head);
    await committed(t, store, second);
    t.deepEqual(await store.readLog(workflowId, 0), [...first.events, ...second.events]);
    t.is(await database.collection('log_chunks').countDocuments(), 1);
  });

  test('a chunk left by a release with another limit is overlapped, not doubled', async (t) => {
    const { store, url, leaveChunk } = await open(t);
    const large = await openMongoStore({ url });
    t.teardown(() => large.close());
    const first = creation();
    await committed(t, large, first);
    await leaveChunk(first);
    const second = continuation(first.head);
    await committed(t, large, second);
    const third = continuation(second.head);
    await committed(t, store, third);

    const { workflowId } = first.head;
    const all = [first, second, third].flatMap(({ events }) => events);
    for (const reader of [store, large]) {
      t.deepEqual(await reader.readLog(workflowId, 0), all);
      t.deepEqual(await reader.readLog(workflowId, 1), all.slice(1));
      t.deepEqual((await reader.readLogs([workflowId])).get(workflowId), all);
      const { events } = await reader.readFeed(null, 10);
      t.deepEqual(
        events.map(({ version }) => version),
        [1, 2, 3],
      );
    }
    const [, , last] = (await store.readFeed(null, 10)).events;
    t.deepEqual(last?.event, third.events[0]?.event);
  });

  test('no document grows: the log of a workflow holds what came since the last chunk', async (t) => {
    const { store, database } = await open(t, 2000);
    let head = await committed(t, store, creation());
    for (let times = 0; times < 30; times += 1) {
      head = await committed(t, store, continuation(head));
    }
    const document = await database.collection('workflows').findOne({});
    t.true(document?.['logBytes'] < 2500, `${document?.['logBytes']} bytes`);
    const chunks = await database.collection('log_chunks').find().sort({ to: 1 }).toArray();
    t.true(chunks.length >= 2);
    const ends = chunks.map(({ from, to }) => [from, to]);
    t.deepEqual(
      ends.map(([from]) => from),
      [1, ...ends.slice(0, -1).map(([, to]) => to + 1)],
    );
    t.is((await store.readLog(head.workflowId, 0)).length, 31);
  });

  test('a commit that no document could hold is refused for itself, with its size', async (t) => {
    const { store } = await open(t);
    const huge = creation({ input: { text: 'x'.repeat(9_000_000) } });
    const [refused, sound] = await Promise.allSettled([
      store.append(huge),
      store.append(creation({ input: { text: 'x'.repeat(7_000_000) } })),
    ]);
    t.true(refused.status === 'rejected' && refused.reason instanceof RangeError);
    t.like(sound, { status: 'fulfilled', value: { kind: 'committed' } });
    t.is(await store.currentVersion(huge.head.workflowId), 0);
  });
}

async function open(t: ExecutionContext, spillBytes = 1) {
  const url = mongodb?.freshUrl() ?? '';
  const { store, database } = await openObserved(t, url, { spillBytes });
  /** What a spill of the workflow's one commit writes before it replaces the log. */
  const leaveChunk = async ({ head: { workflowId, version } }: Commit) => {
    const workflows = database.collection<{ _id: string }>('workflows');
    const document = await workflows.findOne({ _id: workflowId });
    const commits: unknown = document && Reflect.get(document, 'log');
    await database
      .collection('log_chunks')
      .insertOne({ workflowId, from: 1, to: version, commits });
  };
  return { url, store, database, leaveChunk };
}
