import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { openSqliteStore } from '#adapters/sqlite/open-sqlite-store.ts';
import { temporaryFile } from '#test/adapters/sqlite/temporary-file.ts';
import {
  committed,
  continuation,
  creation,
  remembered,
  NOW,
  type Store,
} from '#test/contracts/workflow-store/fixtures.ts';

const PROGRAM = fileURLToPath(new URL('appending-process.ts', import.meta.url));

test('what was committed is there when the file is opened again', async (t) => {
  const path = temporaryFile(t);
  const before = await openSqliteStore({ path });
  const start = remembered('key');
  await committed(t, before, start);
  const moved = continuation(start.head, { status: 'EXECUTING', wakeAt: NOW });
  await committed(t, before, moved);
  await before.saveDefinition({ definitionId: 'd', version: 1, source: {}, createdAt: NOW });
  const counts = await before.counts();
  const feed = await before.readFeed(null, 10);
  await before.close();

  const after = await reopen(t, path);
  t.deepEqual(await after.readLog(start.head.workflowId, 0), [...start.events, ...moved.events]);
  t.deepEqual(await after.overdue(NOW, 10), [moved.head]);
  t.deepEqual(await after.findIdempotency('key', NOW), start.idempotency);
  t.deepEqual(await after.counts(), counts);
  t.deepEqual(await after.readFeed(null, 10), feed);
  t.is((await after.listDefinitions()).length, 1);
});

test('what was acknowledged by a process that is killed while appending is in the file', async (t) => {
  const path = temporaryFile(t);
  const child = startAppending(t, path, 100_000);
  const acknowledged: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(line);
    if (acknowledged.length === 1000) child.kill('SIGKILL');
  }
  t.true(acknowledged.length >= 1000 && acknowledged.length < 300_000);

  const store = await reopen(t, path);
  const versions = await checkedVersions(t, store);
  for (const line of acknowledged) {
    const [workflowId = '', version] = line.split(' ');
    // The pipe may have been cut within the last line.
    if (workflowId.length === 36 && version) {
      t.true((versions.get(workflowId) ?? 0) >= Number(version), line);
    }
  }
  await committed(t, store, creation());
});

test('several processes make, and append to, one file at once', async (t) => {
  const path = temporaryFile(t);
  const children = [1, 2, 3].map(() => startAppending(t, path, 200));
  const exits = await Promise.all(
    children.map(async (child) => {
      child.stdout.resume();
      const [code]: unknown[] = await once(child, 'exit');
      return code;
    }),
  );
  t.deepEqual(exits, [0, 0, 0]);

  const store = await reopen(t, path);
  const versions = await checkedVersions(t, store);
  t.is(versions.size, 600);
  t.true([...versions.values()].every((version) => version === 5));
  t.is((await store.counts()).byStatus.PENDING, 600);
});

test('a process sees what another has committed', async (t) => {
  const path = temporaryFile(t);
  const [one, other] = [await reopen(t, path), await reopen(t, path)];
  const head = await committed(t, one, creation());
  const moved = await committed(t, other, continuation(head));
  t.is(await one.currentVersion(head.workflowId), 2);
  t.deepEqual(await one.append(continuation(head)), { kind: 'conflict' });
  t.deepEqual(await one.list({}, null, 10), [moved]);
});

async function reopen(t: ExecutionContext, path: string): Promise<Store> {
  const store = await openSqliteStore({ path });
  t.teardown(() => store.close());
  return store;
}

function startAppending(
  t: ExecutionContext,
  path: string,
  workflows: number,
): ChildProcessByStdio<null, Readable, null> {
  const child = spawn(process.execPath, [...process.execArgv, PROGRAM, path, String(workflows)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

/** The version of every workflow in the file, each proven to have a log of as many events, no more, without a gap. */
async function checkedVersions(
  t: ExecutionContext,
  store: Store,
): Promise<ReadonlyMap<string, number>> {
  const heads = await store.list({}, null, 1_000_000);
  const logs = await store.readLogs(heads.map(({ workflowId }) => workflowId));
  const { events } = await store.readFeed(null, 1_000_000);
  t.is(events.length, [...logs.values()].flat().length);
  for (const { workflowId, version } of heads) {
    t.deepEqual(
      logs.get(workflowId)?.map((event) => event.version),
      Array.from({ length: version }, (_, index) => index + 1),
    );
  }
  return new Map(heads.map(({ workflowId, version }) => [workflowId, version]));
}
