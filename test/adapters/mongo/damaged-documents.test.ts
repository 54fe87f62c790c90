import test, { type ExecutionContext } from 'ava';
import type { mongo } from 'mongoose';
import { CorruptRecordError } from '#adapters/mongo/corrupt-record-error.ts';
import { openObserved } from '#test/adapters/mongo/observed-store.ts';
import {
  committed,
  continuation,
  creation,
  NOW,
  paused,
} from '#test/contracts/workflow-store/fixtures.ts';
import { mongodbForFile } from '#test/servers/mongodb.ts';

const EVENT = { at: new Date(NOW), data: JSON.stringify(paused('elsewhere')) };

const mongodb = await mongodbForFile(test);
if (mongodb !== null) {
  test('a damaged event is an error that names its workflow and version; others are still read', async (t) => {
    const { store, update } = await open(t);
    const head = await committed(t, store, creation({ workflowId: 'w-7' }));
    await committed(t, store, continuation(head));
    const sound = await committed(t, store, creation());
    for (const data of ['{"type":"WorkflowPau', 'null', '[]', '{}']) {
      await update('workflows', { $set: { 'log.1.events.0.data': data } });
      const damaged = { instanceOf: CorruptRecordError, message: /event 2 of workflow w-7/ };
      await t.throwsAsync(store.readLog('w-7', 0), damaged, data);
      await t.throwsAsync(store.readLogs([sound.workflowId, 'w-7']), damaged);
      await t.throwsAsync(store.readFeed(null, 10), damaged);
    }
    t.is((await store.readLog(sound.workflowId, 0)).length, 1);
  });

  test('a gap in a log is an error, not a shorter log', async (t) => {
    const { store, update } = await open(t);
    let head = await committed(t, store, creation({ workflowId: 'w-7' }));
    for (let times = 0; times < 2; times += 1) {
      head = await committed(t, store, continuation(head));
    }
    await update('workflows', { $unset: { 'log.1': 1 } });
    await t.throwsAsync(store.readLog('w-7', 0), {
      instanceOf: CorruptRecordError,
      message: /workflow w-7.*log\.1/,
    });
    await update('workflows', {
      $set: { 'log.1': { from: 9, token: 't', schema: 2, events: [EVENT] } },
    });
    await t.throwsAsync(store.readLog('w-7', 0), {
      instanceOf: CorruptRecordError,
      message: /event 2 of workflow w-7.*missing/,
    });
  });

  test('a damaged head is an error that names the workflow and the field', async (t) => {
    const { store, update } = await open(t);
    await committed(t, store, creation({ workflowId: 'w-7', wakeAt: NOW }));
    for (const [field, value] of [
      ['status', 'ASLEEP'],
      ['createdAt', 'yesterday'],
      ['version', -1],
    ] as const) {
      await update('workflows', { $set: { [field]: value } });
      await t.throwsAsync(store.overdue(NOW, 10), {
        instanceOf: CorruptRecordError,
        message: new RegExp(`workflow w-7.*${field}`),
      });
    }
  });

  test('a damaged definition is an error that names it', async (t) => {
    const { store, update } = await open(t);
    await store.saveDefinition({ definitionId: 'pick', version: 3, source: {}, createdAt: NOW });
    for (const source of ['[]', '{', 7]) {
      await update('definitions', { $set: { source } });
      await t.throwsAsync(store.findDefinition('pick', null), {
        instanceOf: CorruptRecordError,
        message: typeof source === 'string' ? /definition pick@3/ : /definition .*source/,
      });
    }
  });

  test('a damaged batch of the feed is an error', async (t) => {
    const { store, update } = await open(t);
    await committed(t, store, creation());
    await store.readFeed(null, 10);
    await update('feed', { $set: { order: [7, 1] } });
    await t.throwsAsync(store.readFeed(null, 10), {
      instanceOf: CorruptRecordError,
      message: /feed batch 1/,
    });
  });

  test('an event of an older release is read in its present form', async (t) => {
    const { store, update } = await open(t);
    const head = await committed(t, store, creation({ workflowId: 'w-7' }));
    await committed(t, store, continuation(head));
    const old = { type: 'StepCompensated', stepId: 'reserve' };
    await update('workflows', {
      $set: { 'log.1.schema': 1, 'log.1.events.0.data': JSON.stringify(old) },
    });
    const [event] = await store.readLog('w-7', 1);
    t.deepEqual(event?.event, { type: 'StepCompensated', stepId: 'reserve', resolution: 'undone' });
    const [inFeed] = (await store.readFeed('1', 10)).events;
    t.deepEqual(inFeed?.event, event?.event);
  });

  test('an event of a newer release is refused: what it means is not known', async (t) => {
    const { store, update } = await open(t);
    await committed(t, store, creation({ workflowId: 'w-7' }));
    await update('workflows', { $set: { 'log.0.schema': 99 } });
    await t.throwsAsync(store.readLog('w-7', 0), {
      instanceOf: CorruptRecordError,
      message: /event 1 of workflow w-7.*schema 99.*up to 2/,
    });
  });

  async function open(t: ExecutionContext) {
    const { store, database } = await openObserved(t, mongodb?.freshUrl() ?? '');
    /** Changes the document of workflow w-7, or the only one of another collection. */
    const update = async (collection: string, change: mongo.UpdateFilter<mongo.Document>) => {
      const filter = collection === 'workflows' ? { version: { $exists: true }, _id: 'w-7' } : {};
      const { matchedCount } = await database
        .collection<{ _id: string }>(collection)
        .updateOne(filter, change);
      t.is(matchedCount, 1);
    };
    return { store, update };
  }
}
