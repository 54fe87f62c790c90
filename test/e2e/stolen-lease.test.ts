import { join } from 'node:path';
import { Redis } from 'ioredis';
import test from 'ava';
import { awaitStatus, awaitWorkflow } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { freeze } from '#test/support/processes/freeze.ts';
import { orderBody } from '#test/support/processes/start-bodies.ts';
import { until } from '#test/support/until.ts';

const engine = engineForFile(test, {
  counts: { worker: 2, reconciler: 1 },
  faults: { latency: [{ medianMs: 50, sigma: 0.3 }] },
  settings: { DISPATCH_SLACK_MS: '1000', RECONCILE_INTERVAL_MS: '100' },
});

const LEASE = '{wes}:lease:reconciler';
const ORDERS = 20;
/** A lease lives 5 s. */
const TAKEN_WITHIN_MS = 20_000;

test('a leader that was frozen goes on beside its successor: it leads no more, nothing is lost or done twice', async (t) => {
  const { api, simulator, running, start, redisUrl, folder } = engine();
  const redis = new Redis(redisUrl);
  t.teardown(() => redis.disconnect());
  const [frozen] = running('reconciler');
  if (frozen === undefined) return t.fail();
  await until(async () => (await redis.exists(LEASE)) === 1);
  const first = await leader(redis);
  await start('reconciler');

  const started = await Promise.all(Array.from({ length: ORDERS }, () => api.start(orderBody())));
  const ids = started.map(({ id }) => id);
  await awaitWorkflow(api, ids[0] ?? '', ({ progressPercentage }) => progressPercentage >= 30);
  await freeze(frozen, join(folder, 'wes.db'));
  try {
    // there is work for a leader: no job is left, and nothing but a leader brings them back
    await deleteJobs(redis);
    await until(async () => {
      const now = await leader(redis);
      return now.owner !== null && now.owner !== first.owner;
    }, TAKEN_WITHIN_MS);
  } finally {
    frozen.signal('SIGCONT');
  }
  const second = await leader(redis);
  t.true(second.fence > first.fence);

  for (const id of ids) await awaitStatus(api, id, 'COMPLETED');
  await frozen.waitForLog(/leads no more/);
  t.deepEqual(await leader(redis), second, 'the one that was frozen takes nothing back');
  t.true(frozen.isRunning());
  const outcomes = ids.map((workflowId) => ({ workflowId, status: 'COMPLETED' }) as const);
  t.like(await simulator.check(outcomes), { ok: true, workflows: ORDERS, duplicated: 0 });
});

async function leader(redis: Redis) {
  const [owner, fence] = await redis.mget(LEASE, `${LEASE}:fence`);
  return { owner: owner ?? null, fence: Number(fence) };
}

/** All that is not a lease. */
async function deleteJobs(redis: Redis): Promise<void> {
  const keys = (await redis.keys('*')).filter((key) => !key.startsWith(LEASE));
  if (keys.length > 0) await redis.del(...keys);
}
