import { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import { createBusyRetry } from '#adapters/sqlite/busy-retry.ts';
import {
  createGroupCommit,
  type GroupCommit,
  type GroupCommitReport,
} from '#adapters/sqlite/group-commit.ts';
import { openSqliteStore } from '#adapters/sqlite/open-sqlite-store.ts';
import { temporaryFile } from '#test/adapters/sqlite/temporary-file.ts';
import { creation, NOW } from '#test/contracts/workflow-store/fixtures.ts';

test('appends made at once share transactions', async (t) => {
  const reports: GroupCommitReport[] = [];
  const store = await openSqliteStore({
    path: temporaryFile(t),
    onGroupCommit: (report) => reports.push(report),
  });
  t.teardown(() => store.close());
  await Promise.all(Array.from({ length: 200 }, () => store.append(creation())));

  t.true(reports.length <= 4, `${reports.length} transactions`);
  t.is(
    reports.reduce((sum, { writes }) => sum + writes, 0),
    200,
  );
  for (const { committed, attempts, durationMs } of reports) {
    t.true(committed);
    t.is(attempts, 1);
    t.true(durationMs > 0);
  }
});

test('every kind of write joins the same transaction', async (t) => {
  const reports: GroupCommitReport[] = [];
  const store = await openSqliteStore({
    path: temporaryFile(t),
    onGroupCommit: (report) => reports.push(report),
  });
  t.teardown(() => store.close());
  const commit = creation();
  const { workflowId } = commit.head;
  await Promise.all([
    store.append(commit),
    store.postpone([{ workflowId, version: 1, wakeAt: NOW + 7 }]),
    store.saveDefinition({ definitionId: 'd', version: 1, source: {}, createdAt: NOW }),
    store.retireDefinition('d', 1),
  ]);
  t.deepEqual(
    reports.map(({ writes }) => writes),
    [4],
  );
  t.deepEqual(await store.overdue(NOW + 7, 10), [{ ...commit.head, wakeAt: NOW + 7 }]);
  t.is(await store.findDefinition('d', null), null);
});

test('writes are applied in the order in which they were asked for, over several batches', async (t) => {
  const { group, rows } = openGroup(t);
  const results = await Promise.all(
    Array.from({ length: 1000 }, (_, index) => group.write(() => insert(rows, index))),
  );
  t.deepEqual(
    results,
    Array.from({ length: 1000 }, (_, index) => index),
  );
  t.deepEqual(rows.stored(), results);
});

test('a faulty write is rejected alone', async (t) => {
  const { group, rows, reports } = openGroup(t);
  const results = await Promise.allSettled([
    group.write(() => insert(rows, 1)),
    group.write(() => insert(rows, 1)),
    group.write(() => {
      insert(rows, 2);
      throw new TypeError('after it has written');
    }),
    group.write(() => insert(rows, 3)),
  ]);
  t.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
  );
  t.deepEqual(rows.stored(), [1, 3]);
  t.like(results[2], { reason: { message: 'after it has written' } });
  t.deepEqual(
    reports.map(({ writes, committed }) => [writes, committed]),
    [
      [4, false],
      [1, true],
      [1, false],
      [1, false],
      [1, true],
    ],
  );
});

test('nothing is acknowledged before it is committed', async (t) => {
  const { group, rows, other } = openGroup(t);
  const seen: unknown[] = [];
  await Promise.all(
    [1, 2, 3].map(async (id) => {
      await group.write(() => insert(rows, id));
      seen.push(other.prepare('SELECT count(*) AS n FROM rows').get()?.['n']);
    }),
  );
  t.deepEqual(seen, [3, 3, 3]);
});

type Rows = { add(id: number): void; stored(): readonly unknown[] };

function insert(rows: Rows, id: number): number {
  rows.add(id);
  return id;
}

/** A group commit on a table of its own, and a second connection to look at it. */
function openGroup(t: ExecutionContext): {
  group: GroupCommit;
  rows: Rows;
  reports: readonly GroupCommitReport[];
  other: DatabaseSync;
} {
  const path = temporaryFile(t);
  const database = new DatabaseSync(path);
  t.teardown(() => database.close());
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE rows (id INTEGER UNIQUE NOT NULL)');
  const other = new DatabaseSync(path);
  t.teardown(() => other.close());
  const statement = database.prepare('INSERT INTO rows (id) VALUES (?)');
  const rows: Rows = {
    add: (id) => void statement.run(id),
    stored: () =>
      other
        .prepare('SELECT id FROM rows ORDER BY rowid')
        .all()
        .map((row) => row['id']),
  };
  const reports: GroupCommitReport[] = [];
  const group = createGroupCommit(database, {
    retry: createBusyRetry(2000),
    onGroupCommit: (report) => reports.push(report),
  });
  return { group, rows, reports, other };
}
