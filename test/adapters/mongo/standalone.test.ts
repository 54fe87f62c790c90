import test from 'ava';
import { migrateMongoStore } from '#adapters/mongo/migrate-mongo-store.ts';
import { MongoSetupError } from '#adapters/mongo/setup-error.ts';
import { refused } from '#test/adapters/mongo/refused.ts';
import { freshUrl, ownMongodbForFile } from '#test/servers/mongodb.ts';

const standalone = await ownMongodbForFile(test, { replicaSet: false });
if (standalone !== null) {
  test('a server that is no member of a replica set is refused, also by the migration', async (t) => {
    const url = freshUrl(standalone.address);
    const message = /no member of a replica set.*--replSet.*rs\.initiate\(\)/;
    await refused(t, url, message);
    await t.throwsAsync(migrateMongoStore(url), { instanceOf: MongoSetupError, message });
  });
}
