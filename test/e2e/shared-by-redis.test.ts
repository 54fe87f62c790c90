import { join } from 'node:path';
import { Redis } from 'ioredis';
import test from 'ava';
import { awaitWorkflow } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { freeze } from '#test/support/processes/freeze.ts';
import { orderBody } from '#test/support/processes/start-bodies.ts';
import { until } from '#test/support/until.ts';

/** Locks and shared states on, and nothing remembered within a process; all other tests of engines have both off. */
const engine = engineForFile(test, {
  counts: { worker: 2 },
  faults: { latency: [{ medianMs: 30, sigma: 0.3 }] },
  settings: {
    WORKFLOW_LOCK_WAIT_MS: '100',
    SHARED_STATE_CACHE_SIZE: '15',
    STATE_CACHE_SIZE: '0',
    DISPATCH_SLACK_MS: '1000',
    RECONCILE_INTERVAL_MS: '100',
  },
});

const ORDERS = 20;
/** On a machine that has other things to do, after a worker was frozen. */
const LIMIT_MS = 60_000;
const isCompleted = ({ status }: { readonly status: string }) => status === 'COMPLETED';

test.serial('locks and shared states change no outcome', async (t) => {
  const { redisUrl } = engine();
  const redis = new Redis(redisUrl);
  t.teardown(() => redis.disconnect());
  const ids = await startOrders();
  let mostStates = 0;
  await until(async () => {
    mostStates = Math.max(mostStates, await redis.hlen('{wes}:states'));
    return (await redis.exists('{wes}:locks:fence')) === 1 && mostStates > 0;
  });
  t.true(mostStates <= 15);
  await allDoneOnce(ids);
  // what has ended is taken away, unless a late word of another process came after that
  await until(async () => (await redis.hlen('{wes}:states')) <= 2);
  t.pass();
});

test.serial('FLUSHALL in the middle loses nothing and doubles nothing', async (t) => {
  const { api, redisUrl } = engine();
  const redis = new Redis(redisUrl);
  t.teardown(() => redis.disconnect());
  const ids = await startOrders();
  await awaitWorkflow(api, ids[0] ?? '', ({ progressPercentage }) => progressPercentage >= 30);
  await redis.flushall();
  await allDoneOnce(ids);
  t.pass();
});

test.serial('a worker that freezes over its locks and comes back does no harm', async (t) => {
  const { api, running, folder } = engine();
  const ids = await startOrders();
  await awaitWorkflow(api, ids[0] ?? '', ({ progressPercentage }) => progressPercentage >= 20);
  const [frozen] = running('worker');
  if (frozen === undefined) return t.fail();
  await freeze(frozen, join(folder, 'wes.db'));
  try {
    // the other goes on, with the locks that the frozen one may hold
    await awaitWorkflow(api, ids[0] ?? '', isCompleted, LIMIT_MS);
  } finally {
    frozen.signal('SIGCONT');
  }
  await allDoneOnce(ids);
  t.true(frozen.isRunning());
});

async function startOrders(): Promise<readonly string[]> {
  const { api } = engine();
  const started = await Promise.all(Array.from({ length: ORDERS }, () => api.start(orderBody())));
  return started.map(({ id }) => id);
}

/** @throws Error with what the services tell otherwise */
async function allDoneOnce(ids: readonly string[]): Promise<void> {
  const { api, simulator } = engine();
  for (const id of ids) await awaitWorkflow(api, id, isCompleted, LIMIT_MS);
  const outcomes = ids.map((workflowId) => ({ workflowId, status: 'COMPLETED' }) as const);
  const check = await simulator.check(outcomes);
  if (!check.ok || check.duplicated > 0) throw new Error(JSON.stringify(check));
}
