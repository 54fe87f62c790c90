import test, { type ExecutionContext } from 'ava';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { Commit } from '#application/ports/workflow-store.ts';
import { freePort } from '#composition/executables.ts';
import { openMongoStore } from '#adapters/mongo/open-mongo-store.ts';
import { openFresh } from '#test/adapters/mongo/open-store.ts';
import {
  committed,
  continuation,
  creation,
  NOW,
  type Store,
} from '#test/contracts/workflow-store/fixtures.ts';
import { freshUrl, ownMongodbForFile } from '#test/servers/mongodb.ts';
import { until } from '#test/support/until.ts';

const unavailable = { instanceOf: StoreUnavailableError };

/** Short enough to wait for, long enough for a server that is well on a machine that is not. */
const TIMEOUT_MS = 2000;
/** The driver looks for a server, and repeats once; a busy machine takes its time to notice. */
const LONGEST_MS = 10 * TIMEOUT_MS;
/** Until a server that came back is found, or a busy one has done some work. */
const PATIENCE_MS = 60_000;

/*
 * Servers are killed here, not stopped: the stand-in, when it ends in good order, tells its clients at last that it is no
 * member of its replica set, and they forget it for good.
 */
const server = await ownMongodbForFile(test);
if (server !== null) {
  test.serial(
    'what was acknowledged survives kill -9 of the server, again and again',
    async (t) => {
      const store = await openFresh(t, { url: freshUrl(server.address), timeoutMs: TIMEOUT_MS });
      const load = startLoad(store, 20);
      for (let kills = 0; kills < 2; kills += 1) {
        await load.acknowledges(100);
        await server.kill();
        await load.meetsOutage();
        await server.start();
      }
      await load.acknowledges(100);
      const { acknowledged, errors } = await load.stop();

      t.true(errors.length > 0);
      for (const error of errors) t.true(error instanceof StoreUnavailableError, String(error));
      for (const { head, events } of acknowledged) {
        const log = await store.readLog(head.workflowId, events[0] ? events[0].version - 1 : 0);
        t.deepEqual(log.slice(0, events.length), events);
      }
      await feedIsWhole(t, store);
    },
  );

  test.serial(
    'while the server is away everything is unavailable within the time-out; afterwards all works',
    async (t) => {
      const store = await openFresh(t, { url: freshUrl(server.address), timeoutMs: TIMEOUT_MS });
      const head = await committed(t, store, creation());
      await server.kill();
      const startedAt = performance.now();
      const results = await Promise.allSettled([
        store.append(continuation(head)),
        store.append(creation()),
        store.readLog(head.workflowId, 0),
        store.list({}, null, 10),
        store.postpone([{ workflowId: head.workflowId, version: 1, wakeAt: NOW }]),
        store.counts(),
        store.readFeed(null, 10),
        store.saveDefinition({ definitionId: 'd', version: 1, source: {}, createdAt: NOW }),
        store.ping(),
      ]);
      const tookMs = performance.now() - startedAt;
      await server.start(); // first: the tests after this one need it, however this one ends
      for (const result of results) {
        const what = result.status === 'rejected' ? String(result.reason) : 'it was answered';
        t.true(
          result.status === 'rejected' && result.reason instanceof StoreUnavailableError,
          what,
        );
      }
      t.true(tookMs < LONGEST_MS, `${tookMs}`);
      await until(() => answers(store), PATIENCE_MS);
      // a write that was given up may have arrived all the same: then it is there, once
      const { kind } = await store.append(continuation(head));
      t.true(kind === 'committed' || kind === 'conflict', kind);
      t.is(await store.currentVersion(head.workflowId), 2);
    },
  );

  test.serial('a server that says nothing any more is unavailable too', async (t) => {
    const store = await openFresh(t, { url: freshUrl(server.address), timeoutMs: TIMEOUT_MS });
    const head = await committed(t, store, creation());
    server.signal('SIGSTOP');
    try {
      const startedAt = performance.now();
      await t.throwsAsync(store.append(continuation(head)), unavailable);
      t.true(performance.now() - startedAt < LONGEST_MS);
    } finally {
      server.signal('SIGCONT');
    }
    await until(() => answers(store), PATIENCE_MS);
    await committed(t, store, creation());
  });

  test.serial('a store that is closed while its server is away closes', async (t) => {
    const store = await openFresh(t, { url: freshUrl(server.address), timeoutMs: TIMEOUT_MS });
    await server.kill();
    const pending = store.append(creation());
    await Promise.all([t.throwsAsync(pending, unavailable), store.close()]);
    await server.start();
  });
}

test('a server that is not there at start is unavailable, and named', async (t) => {
  const url = `mongodb://user:secret@127.0.0.1:${await freePort()}/wes`;
  const error = await t.throwsAsync(openMongoStore({ url, timeoutMs: 300 }), unavailable);
  t.regex(error?.message ?? '', /127\.0\.0\.1/);
  t.false(error?.message.includes('secret'));
});

async function answers(store: Store): Promise<boolean> {
  return await store.ping().then(
    () => true,
    () => false,
  );
}

/** Writers that each take a workflow of their own on, commit by commit, and go on after an outage. */
function startLoad(store: Store, writers: number) {
  const acknowledged: Commit[] = [];
  const errors: unknown[] = [];
  let running = true;

  async function writer(): Promise<void> {
    while (running) {
      let commit: Commit = creation();
      for (let step = 0; step < 5 && running; step += 1) {
        const result = await store.append(commit).catch((error: unknown) => error);
        if (result instanceof Error) {
          errors.push(result);
          break; // it may be in the store, or not: leave that workflow
        }
        acknowledged.push(commit);
        commit = continuation(commit.head);
      }
    }
  }
  const all = Promise.all(Array.from({ length: writers }, writer));

  return {
    acknowledges: async (amount: number) => {
      const target = acknowledged.length + amount;
      await until(() => acknowledged.length >= target, PATIENCE_MS);
    },
    meetsOutage: async () => {
      const before = errors.length;
      await until(() => errors.length > before, PATIENCE_MS);
    },
    stop: async () => {
      running = false;
      await all;
      return { acknowledged, errors };
    },
  };
}

/** The feed has all that the heads say there is, once. */
async function feedIsWhole(t: ExecutionContext, store: Store): Promise<void> {
  const heads = await store.list({}, null, 10_000);
  const { events } = await store.readFeed(null, 100_000);
  const fed = Map.groupBy(events, ({ workflowId }) => workflowId);
  for (const { workflowId, version } of heads) {
    t.deepEqual(
      fed.get(workflowId)?.map((event) => event.version),
      Array.from({ length: version }, (_, index) => index + 1),
    );
  }
}
