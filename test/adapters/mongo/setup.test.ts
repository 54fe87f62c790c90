import test from 'ava';
import mongoose, { type mongo } from 'mongoose';
import { migrateMongoStore } from '#adapters/mongo/migrate-mongo-store.ts';
import { openMongoStore } from '#adapters/mongo/open-mongo-store.ts';
import { SCHEMA_VERSION } from '#adapters/mongo/schema-version.ts';
import { MongoSetupError } from '#adapters/mongo/setup-error.ts';
import { openObserved } from '#test/adapters/mongo/observed-store.ts';
import { refused } from '#test/adapters/mongo/refused.ts';
import { creation } from '#test/contracts/workflow-store/fixtures.ts';
import { mongodbForFile } from '#test/servers/mongodb.ts';

const mongodb = await mongodbForFile(test);

test('a URL of another kind of store, or without a database, is refused', async (t) => {
  await refused(t, 'postgres://user:secret@localhost/wes', /begins with mongodb:\/\//);
  await refused(t, 'mongodb://user:secret@localhost:27017', /names no database.*\/wes/);
  await refused(t, 'mongodb://user:secret@localhost:27017/?w=1', /names no database/);
  await refused(t, 'mongodb://localhost:27017/wes?nonsense=1', /nonsense/);
});

if (mongodb !== null) {
  test('what the URL says about durability does not count', async (t) => {
    const careless = '?w=0&journal=false&readPreference=secondary&readConcernLevel=local';
    const { store, commandsOf } = await openObserved(t, `${mongodb.freshUrl()}${careless}`);
    const [write] = await commandsOf(() => store.append(creation()));
    t.like(write?.command['writeConcern'], { w: 'majority', j: true });
    const [read] = await commandsOf(() => store.currentVersion('w'));
    t.like(read?.command['readConcern'], { level: 'majority' });
    t.is(read?.command['$readPreference'], undefined, 'that is, from the primary');
  });

  test('a user or password that the server does not know is refused', async (t) => {
    const url = mongodb.freshUrl().replace('//', '//user:secret@');
    await refused(t, url, /refuses the user or the password.*authSource/);
  });

  test('a database that was never migrated is refused', async (t) => {
    await refused(t, mongodb.freshUrl(), /not prepared: run npm run db:migrate/);
  });

  test('a database of an older release is refused, and migrated', async (t) => {
    const url = mongodb.freshUrl();
    t.like(await migrateMongoStore(url), { from: 0, to: SCHEMA_VERSION });
    await changed(url, async (database) => {
      await database.collection('schema_version').updateOne({}, { $set: { version: 0.5 } });
    });
    await refused(
      t,
      url,
      new RegExp(`version 0\\.5, this release needs ${SCHEMA_VERSION}: run npm run db:migrate`),
    );
    await migrateMongoStore(url);
    const store = await openMongoStore({ url });
    await store.close();
  });

  test('a database of a newer release is refused, also by the migration', async (t) => {
    const url = mongodb.freshUrl();
    await migrateMongoStore(url);
    await changed(url, async (database) => {
      await database.collection('schema_version').updateOne({}, { $set: { version: 99 } });
    });
    const newer = new RegExp(`version 99, this release knows versions up to ${SCHEMA_VERSION}`);
    await refused(t, url, newer);
    await t.throwsAsync(migrateMongoStore(url), { instanceOf: MongoSetupError, message: newer });
  });

  test('a missing index is named, and made by the migration', async (t) => {
    const url = mongodb.freshUrl();
    await migrateMongoStore(url);
    await changed(url, async (database) => {
      await database.collection('workflows').dropIndex('wakeAt_1__id_1');
      await database.collection('log_chunks').dropIndex('workflowId_1_to_1');
    });
    await refused(t, url, /workflows {"wakeAt":1,"_id":1}, log_chunks .*; run npm run db:migrate/);
    t.deepEqual(await migrateMongoStore(url), {
      from: SCHEMA_VERSION,
      to: SCHEMA_VERSION,
      created: ['workflows {"wakeAt":1,"_id":1}', 'log_chunks {"workflowId":1,"to":1}'],
    });
    t.deepEqual(
      await migrateMongoStore(url),
      { from: SCHEMA_VERSION, to: SCHEMA_VERSION, created: [] },
      'once',
    );
    const store = await openMongoStore({ url });
    await store.close();
  });

  test('an index with other options is in the way: the start and the migration say so', async (t) => {
    const url = mongodb.freshUrl();
    await migrateMongoStore(url);
    await changed(url, async (database) => {
      const workflows = database.collection('workflows');
      await workflows.dropIndex('idempotency.key_1');
      await workflows.createIndexes([{ key: { 'idempotency.key': 1 } }]);
    });
    await refused(t, url, /workflows {"idempotency.key":1}/);
    await t.throwsAsync(migrateMongoStore(url), {
      instanceOf: MongoSetupError,
      message: /in the way, drop it/,
    });
  });

  test('the server removes handled events by itself, a day after their time; no workflow ever', async (t) => {
    const url = mongodb.freshUrl();
    await migrateMongoStore(url);
    await changed(url, async (database) => {
      const expiring = async (collection: string) =>
        (await database.collection(collection).indexes()).flatMap(({ key, expireAfterSeconds }) =>
          expireAfterSeconds === undefined ? [] : [{ key, expireAfterSeconds }],
        );
      t.deepEqual(await expiring('inbound_events'), [
        { key: { expiresAt: 1 }, expireAfterSeconds: 86_400 },
      ]);
      t.deepEqual(await expiring('workflows'), []);
    });
  });

  test('several migrate one database at once', async (t) => {
    const url = mongodb.freshUrl();
    await Promise.all(Array.from({ length: 4 }, () => migrateMongoStore(url)));
    const store = await openMongoStore({ url });
    t.teardown(() => store.close());
    await t.notThrowsAsync(store.ping());
  });
}

/** Changes a database behind the engine's back. */
async function changed(url: string, change: (database: mongo.Db) => Promise<void>): Promise<void> {
  const client = new mongoose.mongo.MongoClient(url);
  try {
    await change(client.db());
  } finally {
    await client.close();
  }
}
