import { Redis } from 'ioredis';
import test, { type ExecutionContext } from 'ava';
import { awaitStatus, awaitWorkflow } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { orderBody } from '#test/support/processes/start-bodies.ts';

/** Long enough under way for a mishap to hit many orders in the middle. */
const engine = engineForFile(test, {
  counts: { worker: 2 },
  faults: { latency: [{ medianMs: 50, sigma: 0.3 }] },
  settings: { DISPATCH_SLACK_MS: '2000', RECONCILE_INTERVAL_MS: '200' },
});

const ORDERS = 30;
/** SPEC 9: after SIGTERM what runs may finish within this time. */
const GRACE_MS = 10_000;

test.serial('kill -9 of a worker loses nothing and does nothing twice', async (t) => {
  const ids = await startOrders();
  const [worker] = engine().running('worker');
  worker?.signal('SIGKILL');
  await worker?.ended;
  await allComplete(t, ids);
  await engine().start('worker');
});

test.serial('FLUSHALL loses nothing and does nothing twice', async (t) => {
  const ids = await startOrders();
  const redis = new Redis(engine().redisUrl);
  await redis.flushall();
  redis.disconnect();
  await allComplete(t, ids);
});

test.serial('SIGTERM ends a busy worker within its grace, and the other takes over', async (t) => {
  const ids = await startOrders();
  const [worker] = engine().running('worker');
  const begunAt = performance.now();
  t.deepEqual(await worker?.stop(), { code: 0, signal: null });
  t.true(performance.now() - begunAt < GRACE_MS);
  await allComplete(t, ids);
});

test.serial(
  'SIGTERM ends web and reconciler within their grace, an open stream notwithstanding',
  async (t) => {
    const { api, running, start } = engine();
    const stream = await fetch(`${api.url}/stream`);
    for (const process of [...running('web'), ...running('reconciler')]) {
      const begunAt = performance.now();
      t.deepEqual(await process.stop(), { code: 0, signal: null }, process.name);
      t.true(performance.now() - begunAt < GRACE_MS, process.name);
    }
    await stream.body?.cancel();
    await start('web');
    await start('reconciler');
  },
);

/** Starts orders and waits until some of them are half-way. */
async function startOrders(): Promise<readonly string[]> {
  const { api } = engine();
  const started = await Promise.all(Array.from({ length: ORDERS }, () => api.start(orderBody())));
  const [first] = started;
  await awaitWorkflow(api, first?.id ?? '', ({ progressPercentage }) => progressPercentage >= 30);
  return started.map(({ id }) => id);
}

async function allComplete(t: ExecutionContext, ids: readonly string[]): Promise<void> {
  const { api, simulator } = engine();
  for (const id of ids) await awaitStatus(api, id, 'COMPLETED');
  const outcomes = ids.map((workflowId) => ({ workflowId, status: 'COMPLETED' }) as const);
  t.like(await simulator.check(outcomes), { ok: true, workflows: ORDERS, duplicated: 0 });
}
