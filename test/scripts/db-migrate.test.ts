import test from 'ava';
import { SCHEMA_VERSION } from '#adapters/mongo/schema-version.ts';
import { mongodbForFile } from '#test/servers/mongodb.ts';
import { runScript } from '#test/scripts/run-script.ts';

const mongodb = await mongodbForFile(test);

const migrate = (storeUrl: string) =>
  runScript(['scripts/db-migrate.ts'], storeUrl === '' ? {} : { STORE_URL: storeUrl });

test('without MongoDB there is nothing to migrate', async (t) => {
  for (const url of ['', 'sqlite:data/wes.db', 'memory:']) {
    const { status, out } = await migrate(url);
    t.is(status, 0);
    t.regex(out, /^nothing to do: only a MongoDB store[^\n]*\n$/);
  }
});

test('a URL that can not be used is one line, and the exit status is 78', async (t) => {
  for (const [url, complaint] of [
    ['mysql://localhost/wes', /mongodb:\/\//],
    ['mongodb://127.0.0.1:27017', /names no database/],
  ] as const) {
    const { status, err } = await migrate(url);
    t.is(status, 78);
    t.regex(err, /^[^\n]+\n$/);
    t.regex(err, complaint);
  }
});

if (mongodb !== null) {
  test('a new database gets its indexes, each of them named; the second time there is nothing to do', async (t) => {
    const url = mongodb.freshUrl();
    const first = await migrate(url);
    t.is(first.status, 0, first.err);
    const lines = first.out.trim().split('\n');
    t.regex(
      lines.at(-1) ?? '',
      new RegExp(`^schema version 0 -> ${SCHEMA_VERSION}, indexes: \\d+ made$`),
    );
    for (const index of [
      'workflows {"workflowType":1,"status":1,"createdAt":-1,"_id":-1}',
      'workflows {"status":1,"createdAt":-1,"_id":-1}',
      'workflows {"correlationId":1,"status":1,"createdAt":-1,"_id":-1}',
    ]) {
      t.true(lines.includes(`index made: ${index}`), first.out);
    }
    const second = await migrate(url);
    t.deepEqual(second, {
      status: 0,
      out: `schema version ${SCHEMA_VERSION}, indexes: none to make\n`,
      err: '',
    });
  });
}
