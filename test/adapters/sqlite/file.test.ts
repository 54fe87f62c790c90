import { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import { connect } from '#adapters/sqlite/connection.ts';
import { openSqliteStore } from '#adapters/sqlite/open-sqlite-store.ts';
import { CorruptRecordError } from '#application/ports/errors.ts';
import { temporaryFile } from '#test/adapters/sqlite/temporary-file.ts';
import {
  committed,
  continuation,
  creation,
  NOW,
  remembered,
  type Store,
} from '#test/contracts/workflow-store/fixtures.ts';

/** Of the schema: its number of steps. */
const PRESENT = 4;

test('the file is written through with every commit, beside a write-ahead log', async (t) => {
  const { path, other } = await open(t);
  t.is(value(other, 'PRAGMA journal_mode'), 'wal');
  const FULL = 2;
  t.is(value(reconnect(t, path), 'PRAGMA synchronous'), FULL);
  t.is(value(other, 'PRAGMA user_version'), PRESENT);
});

test('a file of the first release gets the tables, columns and indexes that came later, and keeps what it holds', async (t) => {
  const { path, store, other } = await open(t);
  const head = await committed(t, store, creation());
  await store.close();
  for (const table of ['cursors', 'inbound', 'event_waits', 'parked_events', 'notes']) {
    other.exec(`DROP TABLE ${table}`);
  }
  for (const index of ['workflows_by_lane', 'workflows_by_cut_off']) {
    other.exec(`DROP INDEX ${index}`);
  }
  for (const column of ['lane', 'cut_off_at']) {
    other.exec(`ALTER TABLE workflows DROP COLUMN ${column}`);
  }
  other.exec('PRAGMA user_version = 1');
  const migrated = await openSqliteStore({ path });
  t.teardown(() => migrated.close());
  t.deepEqual(await migrated.list({}, null, 10), [head]);
  t.deepEqual(await migrated.claimCursor('relay'), { fence: 1, position: null });
});

test('a file of a newer release is refused and left as it is', async (t) => {
  const { path, store, other } = await open(t);
  await store.close();
  other.exec('PRAGMA user_version = 99');
  await t.throwsAsync(openSqliteStore({ path }), {
    message: new RegExp(`version 99.* up to ${PRESENT}`),
  });
  t.is(value(other, 'PRAGMA user_version'), 99);
});

test('no statement can change or remove an event', async (t) => {
  const { store, other } = await open(t);
  await committed(t, store, creation());
  for (const sql of ["UPDATE events SET data = '{}'", 'DELETE FROM events']) {
    t.throws(() => other.exec(sql), { message: /append-only/ });
  }
});

test('a damaged event is an error that names its workflow and version', async (t) => {
  const { store, other } = await open(t);
  const head = await committed(t, store, creation({ workflowId: 'w-7' }));
  const sound = await committed(t, store, creation());
  await committed(t, store, continuation(head));
  other.exec('DROP TRIGGER events_are_not_rewritten');
  const damage = other.prepare(
    "UPDATE events SET data = ? WHERE workflow_id = 'w-7' AND version = 2",
  );
  for (const data of ['{"type":"WorkflowPau', 'null', '[]', '{}', '{"type":"WorkflowStarted"}']) {
    damage.run(data);
    const damaged = { instanceOf: CorruptRecordError, message: /event 2 of workflow w-7/ };
    await t.throwsAsync(store.readLog('w-7', 0), damaged, data);
    await t.throwsAsync(store.readLogs([sound.workflowId, 'w-7']), damaged);
    await t.throwsAsync(store.readFeed(null, 10), damaged);
  }
  t.is((await store.readLog(sound.workflowId, 0)).length, 1);
});

test('a damaged head or definition is an error that names it', async (t) => {
  const { store, other } = await open(t);
  await committed(t, store, creation({ workflowId: 'w-7' }));
  await store.saveDefinition({ definitionId: 'pick', version: 3, source: {}, createdAt: NOW });
  other.exec("UPDATE workflows SET status = 'ASLEEP'; UPDATE definitions SET source = '[]'");
  await t.throwsAsync(store.list({}, null, 10), {
    instanceOf: CorruptRecordError,
    message: /head of workflow w-7.*status is ASLEEP/,
  });
  await t.throwsAsync(store.findDefinition('pick', null), {
    instanceOf: CorruptRecordError,
    message: /definition pick@3/,
  });
});

test('expired starts are removed now and then', async (t) => {
  const { store, other } = await open(t);
  for (const key of ['a', 'b', 'c']) await committed(t, store, remembered(key));
  const longer = remembered('d', { expiresAt: NOW + 3_600_000 });
  await committed(t, store, longer);
  await committed(t, store, remembered('e', { at: NOW + 120_000 }));
  const keys = other.prepare('SELECT key FROM idempotency ORDER BY key').all();
  t.deepEqual(
    keys.map(({ key }) => key),
    ['d', 'e'],
  );
});

async function open(
  t: ExecutionContext,
): Promise<{ path: string; store: Store; other: DatabaseSync }> {
  const path = temporaryFile(t);
  const store = await openSqliteStore({ path });
  t.teardown(() => store.close());
  const other = new DatabaseSync(path);
  t.teardown(() => other.close());
  return { path, store, other };
}

/** A connection as the store makes it: most settings are the connection's, not the file's. */
function reconnect(t: ExecutionContext, path: string): DatabaseSync {
  const database = connect(path);
  t.teardown(() => database.close());
  return database;
}

function value(database: DatabaseSync, pragma: string): unknown {
  return Object.values(database.prepare(pragma).get() ?? {})[0];
}
