import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { openSqliteStore } from '#adapters/sqlite/open-sqlite-store.ts';
import { startWriteThread } from '#adapters/sqlite/write-thread.ts';
import { CorruptRecordError, StoreUnavailableError } from '#application/ports/errors.ts';
import { connect } from '#adapters/sqlite/connection.ts';
import { temporaryFile } from '#test/adapters/sqlite/temporary-file.ts';
import { committed, continuation, creation } from '#test/contracts/workflow-store/fixtures.ts';

const FORGETFUL = fileURLToPath(new URL('forgetful-process.ts', import.meta.url));

const unavailable = { instanceOf: StoreUnavailableError };

test('a read that follows an acknowledged write sees it', async (t) => {
  const store = await openSqliteStore({ path: temporaryFile(t) });
  t.teardown(() => store.close());
  for (let round = 0; round < 50; round += 1) {
    const commit = creation();
    await committed(t, store, commit);
    t.is(await store.currentVersion(commit.head.workflowId), 1);
  }
});

test('the event loop goes on while a commit waits for the lock', async (t) => {
  const path = temporaryFile(t);
  const store = await openSqliteStore({ path });
  t.teardown(() => store.close());
  const head = await committed(t, store, creation());
  const other = connect(path);
  t.teardown(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  const pending = store.append(continuation(head));
  const answers: number[] = [];
  for (let read = 0; read < 20; read += 1) answers.push((await store.list({}, null, 10)).length);
  other.exec('ROLLBACK');
  t.deepEqual(await pending, { kind: 'committed' });
  t.deepEqual(new Set(answers), new Set([1]));
});

test('a thread that can not do its work fails its writes, and the next write has another thread', async (t) => {
  const path = temporaryFile(t);
  const { writes, mend } = brokenThread(path);
  t.teardown(() => writes.close());
  const lost = await Promise.allSettled([writes.append(creation()), writes.append(creation())]);
  for (const result of lost) {
    t.true(result.status === 'rejected' && result.reason instanceof StoreUnavailableError);
  }
  mend();
  t.deepEqual(await writes.append(creation()), { kind: 'committed' });
});

test('errors keep their class on their way out of the thread', async (t) => {
  const path = temporaryFile(t);
  const store = await openSqliteStore({ path, busyLimitMs: 50 });
  t.teardown(() => store.close());
  const definition = { definitionId: 'd', version: 1, source: {}, createdAt: 1 };
  await store.saveDefinition(definition);
  const other = connect(path);
  t.teardown(() => other.close());
  other.exec(`UPDATE definitions SET source = '{'`);
  await t.throwsAsync(store.saveDefinition(definition), {
    instanceOf: CorruptRecordError,
    message: /definition d@1 is damaged in the store: source is not JSON/,
  });
  const gap = { ...creation(), expectedVersion: 7 };
  await t.throwsAsync(store.append(gap), { instanceOf: TypeError });
  other.exec('BEGIN IMMEDIATE');
  await t.throwsAsync(store.append(creation()), unavailable);
  other.exec('ROLLBACK');
});

test('what is no data is refused, and what comes after it is written', async (t) => {
  const store = await openSqliteStore({ path: temporaryFile(t) });
  t.teardown(() => store.close());
  const wake = { workflowId: 'w', version: 1, wakeAt: 1 };
  const noData = Object.assign(wake, { code: () => 1 });
  await t.throwsAsync(store.postpone([noData]), { instanceOf: TypeError });
  await committed(t, store, creation());
});

test('closing commits what was asked for, and takes no more', async (t) => {
  const path = temporaryFile(t);
  const store = await openSqliteStore({ path });
  const asked = Array.from({ length: 600 }, () => store.append(creation()));
  await Promise.all([store.close(), store.close()]);
  for (const result of await Promise.all(asked)) t.deepEqual(result, { kind: 'committed' });
  await t.throwsAsync(store.append(creation()), unavailable);
  await t.throwsAsync(store.ping(), unavailable);

  const again = await openSqliteStore({ path });
  t.teardown(() => again.close());
  t.is((await again.counts()).byStatus.PENDING, 600);
});

test('a process that forgets to close its store ends all the same, when its writes are done', async (t) => {
  const path = temporaryFile(t);
  const flags = ['--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, FORGETFUL, path], {
    stdio: 'inherit',
    timeout: 20_000,
  });
  const [status]: unknown[] = await once(child, 'exit');
  t.is(status, 0);
  const store = await openSqliteStore({ path });
  t.teardown(() => store.close());
  t.is((await store.listDefinitions()).length, 1);
});

/** A write thread whose file can't be opened until it is mended. */
function brokenThread(path: string) {
  const data = { path: '/', busyLimitMs: 100, reporting: false };
  const writes = startWriteThread(data, () => {});
  return {
    writes,
    mend() {
      data.path = path;
    },
  };
}
