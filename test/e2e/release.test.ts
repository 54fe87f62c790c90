import { Redis } from 'ioredis';
import test from 'ava';
import { until } from '#test/support/until.ts';
import { awaitStatus, awaitWorkflow } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { orderBody } from '#test/support/processes/start-bodies.ts';

/** A lane that lets few in at a time, so that a mishap finds orders that wait, orders on the floor and orders that are done. */
const engine = engineForFile(test, {
  counts: { releaser: 2 },
  faults: { latency: [{ medianMs: 20, sigma: 0.3 }] },
  settings: { LANE_CAP: '6', DISPATCH_SLACK_MS: '2000', RECONCILE_INTERVAL_MS: '200' },
});

const ORDERS = 40;
/** A releaser that was killed is followed within this time. */
const TAKE_OVER_MS = 10_000;

test.serial('an order on an idle floor is released at once', async (t) => {
  const { api } = engine();
  const { id, status } = await api.start(orderBody({ enableWaveless: true }));
  t.is(status, 'PENDING');
  const done = await awaitStatus(api, id, 'COMPLETED');
  t.true(Date.parse(done.startedAt ?? '') - Date.parse(done.createdAt) < 2000);
});

test.serial('a releaser that says it is up hears whoever calls for a HIGH order', async (t) => {
  const { start, running, redisUrl } = engine();
  const redis = new Redis(redisUrl);
  t.teardown(() => redis.disconnect());
  const third = await start('releaser');
  const [, listeners] = await redis.pubsub('NUMSUB', '{wes}:release-bell');
  t.is(Number(listeners), running('releaser').length);
  await third.stop();
});

test.serial(
  'kill -9 of the releaser that leads: another releases the rest, each order once',
  async (t) => {
    const { running, start } = engine();
    const ids = await startOrders();
    const leader = await leadingReleaser();
    leader.signal('SIGKILL');
    await leader.ended;
    const killedAt = performance.now();
    const waiting = await pending(ids);
    t.true(waiting.length > 0, 'it was killed too late');
    await until(async () => (await pending(ids)).length < waiting.length - 6, TAKE_OVER_MS);
    t.true(performance.now() - killedAt < TAKE_OVER_MS);
    await allReleasedOnce(ids);
    t.is(running('releaser').length, 1);
    await start('releaser');
  },
);

test.serial('FLUSHALL forgets no order and releases none twice', async (t) => {
  const ids = await startOrders();
  const redis = new Redis(engine().redisUrl);
  await redis.flushall();
  redis.disconnect();
  await allReleasedOnce(ids);
  t.pass();
});

test.serial('a lane that is full lets HIGH in first, and its cap holds meanwhile', async (t) => {
  const { api } = engine();
  const low = await startOrders({ priority: 'LOW' });
  const { id } = await api.start(orderBody({ enableWaveless: true, priority: 'HIGH' }));
  await awaitWorkflow(api, id, ({ status }) => status !== 'PENDING');
  t.true((await pending(low)).length > 0);
  const { body } = await api.ask('/orchestration/waveless');
  t.regex(JSON.stringify(body), /"cap":6,"weight":1,"inFlight":[0-6],/);
  await allReleasedOnce(low);
});

async function startOrders(changes: Parameters<typeof orderBody>[0] = {}) {
  const { api } = engine();
  const bodies = Array.from({ length: ORDERS }, () =>
    orderBody({ enableWaveless: true, ...changes }),
  );
  const started = await Promise.all(bodies.map((body) => api.start(body)));
  return started.map(({ id }) => id);
}

async function pending(ids: readonly string[]): Promise<readonly string[]> {
  const { api } = engine();
  const workflows = await Promise.all(ids.map((id) => api.get(id)));
  return workflows.filter(({ status }) => status === 'PENDING').map(({ id }) => id);
}

/** The one whose log said last that it leads. */
async function leadingReleaser() {
  for (const releaser of engine().running('releaser')) {
    const last = (await releaser.log())
      .split('\n')
      .findLast((line) => /this process lead/.test(line));
    if (last !== undefined && /leads, with fence/.test(last)) return releaser;
  }
  throw new Error('no releaser leads');
}

async function allReleasedOnce(ids: readonly string[]): Promise<void> {
  const { api, simulator } = engine();
  for (const id of ids) {
    await awaitStatus(api, id, 'COMPLETED');
    const { items } = await api.history(id);
    const starts = items.filter(({ eventType }) => eventType === 'WorkflowStarted').length;
    if (starts !== 1) throw new Error(`workflow ${id} was started ${starts} times`);
  }
  const outcomes = ids.map((workflowId) => ({ workflowId, status: 'COMPLETED' }) as const);
  const report = await simulator.check(outcomes);
  if (!report.ok || report.duplicated > 0) throw new Error(JSON.stringify(report));
}
