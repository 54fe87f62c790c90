import test from 'ava';
import { BusUnavailableError } from '#application/ports/event-bus.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { BreakerStatus } from '#application/ports/service-caller.ts';
import { call, definitionOf } from '#test/support/domain-definitions.ts';
import { begin, createEngineWorld, startProcess, SERVICE } from '#test/support/engine-process.ts';

const OPEN: BreakerStatus = {
  serviceName: SERVICE,
  state: 'open',
  since: 1,
  openUntil: 60_001,
  reason: 'x',
};

test('all is well: UP, with what was counted', async (t) => {
  const world = createEngineWorld();
  const process = startProcess(world);
  await begin(process, definitionOf([call('a')]));
  const health = await process.orchestration.getSystemHealth();
  t.like(health, { status: 'UP', version: '1.2.3', systemUtilization: 25, at: world.clock.now() });
  t.is(health.counts?.byStatus.EXECUTING, 1);
  t.deepEqual(health.dependencies, {
    store: { status: 'UP', why: null },
    redis: { status: 'UP', why: null },
  });
});

test('without its queue the engine is DEGRADED, and says why', async (t) => {
  const world = createEngineWorld();
  world.queue.goAway(true);
  const health = await startProcess(world).orchestration.getSystemHealth();
  t.is(health.status, 'DEGRADED');
  t.deepEqual(health.dependencies['redis'], { status: 'DOWN', why: 'the fake queue is away' });
  t.not(health.counts, null);
});

const BACKLOG = { events: 7, ageMs: 1500 };

test('with a bus that answers it is UP, and says what has still to go out', async (t) => {
  const bus = { ping: async () => {}, backlog: async () => BACKLOG };
  const health = await startProcess(createEngineWorld(), { bus }).orchestration.getSystemHealth();
  t.is(health.status, 'UP');
  t.deepEqual(health.dependencies['kafka'], { status: 'UP', why: null });
  t.deepEqual(health.eventBacklog, BACKLOG);
});

test('without its bus it is DEGRADED, and says why and what waits', async (t) => {
  const ping = () => Promise.reject(new BusUnavailableError('Kafka does not answer'));
  const bus = { ping, backlog: async () => BACKLOG };
  const health = await startProcess(createEngineWorld(), { bus }).orchestration.getSystemHealth();
  t.is(health.status, 'DEGRADED');
  t.deepEqual(health.dependencies['kafka'], { status: 'DOWN', why: 'Kafka does not answer' });
  t.deepEqual(health.eventBacklog, BACKLOG);
});

test('with a breaker that is not closed it is DEGRADED', async (t) => {
  for (const state of ['open', 'half-open'] as const) {
    const world = createEngineWorld();
    const breaker = { ...OPEN, state };
    world.services.showBreakers(breaker);
    const health = await startProcess(world).orchestration.getSystemHealth();
    t.is(health.status, 'DEGRADED');
    t.deepEqual(health.breakers, [{ ...breaker, parked: null }]);
  }
});

test('without its store it is DOWN, and still says so', async (t) => {
  const world = createEngineWorld();
  await world.store.close();
  const health = await startProcess(world).orchestration.getSystemHealth();
  t.is(health.status, 'DOWN');
  t.is(health.counts, null);
  t.deepEqual(health.dependencies['store'], {
    status: 'DOWN',
    why: 'the memory store is closed',
  });
});

test('metrics hold counts, depths and load as measured', async (t) => {
  const world = createEngineWorld();
  const process = startProcess(world);
  await begin(process, definitionOf([call('a'), call('b', ['a'])]));
  const metrics = await process.orchestration.getLoadMetrics();
  t.is(metrics.counts.byStatus.EXECUTING, 1);
  t.deepEqual(metrics.queues, [
    { queue: 'all', serviceName: null, waiting: 1, active: 0, delayed: 0, paused: false },
  ]);
  t.is(metrics.systemLoad, 0.25);
  t.deepEqual(metrics.additional, { residentBytes: 1000 });
});

test('metrics without the queue say that its depths are not known', async (t) => {
  const world = createEngineWorld();
  world.queue.goAway(true);
  t.is((await startProcess(world).orchestration.getLoadMetrics()).queues, null);
});

test('metrics without the store are an error: no figure is made up', async (t) => {
  const world = createEngineWorld();
  await world.store.close();
  const { getLoadMetrics } = startProcess(world).orchestration;
  await t.throwsAsync(getLoadMetrics(), { instanceOf: StoreUnavailableError });
});
