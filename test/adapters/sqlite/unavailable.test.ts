import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import { createBusyRetry } from '#adapters/sqlite/busy-retry.ts';
import type { GroupCommitReport } from '#adapters/sqlite/group-commit.ts';
import { connect } from '#adapters/sqlite/connection.ts';
import { openSqliteStore } from '#adapters/sqlite/open-sqlite-store.ts';
import { createSqliteStore } from '#adapters/sqlite/sqlite-store.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import { temporaryFile } from '#test/adapters/sqlite/temporary-file.ts';
import {
  committed,
  continuation,
  creation,
  type Store,
} from '#test/contracts/workflow-store/fixtures.ts';

const unavailable = { instanceOf: StoreUnavailableError };

test('a store locked by another process is unavailable after two seconds, and works when the lock is gone', async (t) => {
  const path = temporaryFile(t);
  const store = await open(t, path);
  const head = await committed(t, store, creation());
  const other = connection(t, path);
  other.exec('BEGIN EXCLUSIVE');

  let turns = 0;
  const ticking = setInterval(() => (turns += 1), 10);
  const startedAt = performance.now();
  const refused: Promise<unknown>[] = [
    store.append(continuation(head)),
    store.append(creation()),
    store.postpone([{ workflowId: head.workflowId, version: 1, wakeAt: 1 }]),
  ];
  // These come while the first are being tried, and would make two batches more.
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
  for (let index = 0; index < 300; index += 1) refused.push(store.append(creation()));
  for (const result of await Promise.allSettled(refused)) {
    t.true(result.status === 'rejected' && result.reason instanceof StoreUnavailableError);
  }
  const tookMs = performance.now() - startedAt;
  clearInterval(ticking);

  t.true(tookMs > 1500 && tookMs < 3500, `${tookMs} ms`);
  t.true(turns > 40, `the event loop went on: ${turns} turns`);
  t.deepEqual(await store.list({}, null, 10), [head], 'reads are not held up');
  other.exec('ROLLBACK');
  await committed(t, store, continuation(head));
  t.is((await store.readFeed(null, 10)).events.length, 2);
});

test('a commit that meets a busy store waits for its turn', async (t) => {
  const path = temporaryFile(t);
  const reports: GroupCommitReport[] = [];
  const store = await openSqliteStore({ path, onGroupCommit: (report) => reports.push(report) });
  t.teardown(() => store.close());
  await committed(t, store, creation());
  const other = connection(t, path);
  other.exec('BEGIN IMMEDIATE');
  const pending = store.append(creation());
  setTimeout(() => other.exec('ROLLBACK'), 300);

  t.deepEqual(await pending, { kind: 'committed' });
  t.is(reports.length, 2);
  t.true((reports[1]?.attempts ?? 0) > 1);
});

test('with a full disk the whole batch is refused and nothing of it exists, until there is room', async (t) => {
  const { store, database } = openOn(t, temporaryFile(t));
  const head = await committed(t, store, creation());
  const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
  database.exec(`PRAGMA max_page_count = ${pages + 2}`);

  const large = { text: 'x'.repeat(100_000) };
  const batch = [creation(), creation({ input: large }), continuation(head)];
  const results = await Promise.allSettled(batch.map((commit) => store.append(commit)));
  for (const result of results) {
    t.true(result.status === 'rejected' && result.reason instanceof StoreUnavailableError);
  }
  t.deepEqual(await store.list({}, null, 10), [head]);
  t.is((await store.readFeed(null, 10)).events.length, 1);

  database.exec('PRAGMA max_page_count = 1000000');
  for (const commit of batch) await committed(t, store, commit);
  t.is((await store.counts()).byStatus.PENDING, 3);
});

test('a file that has become read-only refuses writes and still answers reads', async (t) => {
  const { store, database } = openOn(t, temporaryFile(t));
  const head = await committed(t, store, creation());
  database.exec('PRAGMA query_only = ON');
  await t.throwsAsync(store.append(continuation(head)), unavailable);
  await t.throwsAsync(store.retireDefinition('d', 1), unavailable);
  t.deepEqual(await store.list({}, null, 10), [head]);
  database.exec('PRAGMA query_only = OFF');
  await committed(t, store, continuation(head));
});

test('a damaged file is unavailable, and works when it has been put right', async (t) => {
  const path = temporaryFile(t);
  const { store, database } = openOn(t, path);
  const head = await committed(t, store, creation());
  // All into the main file, and nothing of it kept in memory.
  database.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA cache_size = 0');
  const sound = readFileSync(path);
  writeFileSync(
    path,
    Buffer.concat([sound.subarray(0, 4096), Buffer.alloc(sound.length - 4096, 0xff)]),
  );
  database.exec('PRAGMA shrink_memory');

  await t.throwsAsync(store.append(continuation(head)), unavailable);
  await t.throwsAsync(store.readLog(head.workflowId, 0), unavailable);
  await t.throwsAsync(store.ping(), unavailable);
  writeFileSync(path, sound);
  database.exec('PRAGMA shrink_memory');
  await committed(t, store, continuation(head));
  t.is((await store.readLog(head.workflowId, 0)).length, 2);
});

test('a connection that is lost under the store makes it unavailable', async (t) => {
  const { store, database } = openOn(t, temporaryFile(t));
  const pending = store.append(creation());
  database.close();
  await t.throwsAsync(pending, unavailable);
  await t.throwsAsync(store.append(creation()), unavailable);
  await t.throwsAsync(store.counts(), unavailable);
});

test('what can not be opened is unavailable: a folder, a file that is no database, a place under a file', async (t) => {
  const path = temporaryFile(t);
  writeFileSync(path, 'this is no database, and long enough to be seen as none'.repeat(100));
  for (const wrong of ['/', path, `${path}/below/wes.db`]) {
    await t.throwsAsync(openSqliteStore({ path: wrong }), unavailable, wrong);
  }
});

async function open(t: ExecutionContext, path: string): Promise<Store> {
  const store = await openSqliteStore({ path });
  t.teardown(() => store.close());
  return store;
}

/** A store whose connection the test can lay hands on. */
function openOn(t: ExecutionContext, path: string): { store: Store; database: DatabaseSync } {
  const database = connect(path);
  const retry = createBusyRetry(100);
  const store = createSqliteStore(database, { retry, onGroupCommit: () => {} });
  t.teardown(() => store.close());
  return { store, database };
}

function connection(t: ExecutionContext, path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  t.teardown(() => database.close());
  return database;
}
