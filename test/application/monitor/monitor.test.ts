import type { RequestListener } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import { createLoadProbe } from '#adapters/http/load-probe.ts';
import { readServiceRegistry } from '#adapters/http/read-service-registry.ts';
import { createMemoryLoadBoard } from '#adapters/memory/load-board.ts';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import { beginMonitorTerm } from '#application/monitor/monitor.ts';
import type { CallTally } from '#application/ports/load-board.ts';
import type { BreakerStatus } from '#application/ports/service-caller.ts';
import { httpServer } from '#test/adapters/http/servers.ts';
import { createFakeClock } from '#test/support/fake-clock.ts';
import { heartbeatOf } from '#test/support/load-figures.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';

const FINE = {
  cpuUsagePercent: 40,
  memoryUsagePercent: 40,
  activeRequests: 3,
  queueDepth: 0,
  averageResponseTimeMs: 12,
  errorRate: 0,
};

/** The name under which worker and monitor know the one service of these tests. */
const SERVICE = 'picking-service';

/**
 * A monitor of one service: its load path is real HTTP, its worker is a heartbeat that the test writes, its queue limits are a map.
 * @param answer of the load path; null: the service has none
 */
async function monitored(
  t: ExecutionContext,
  answer: RequestListener | null,
  { concurrency = null }: { readonly concurrency?: number | null } = {},
) {
  const clock = createFakeClock();
  const { url } = await httpServer(t, answer ?? ((_, response) => response.end()));
  const load = answer === null ? null : '/load';
  const read = readServiceRegistry({ services: { [SERVICE]: { instances: [url], load } } });
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems));
  const probe = createLoadProbe(read.registry);
  t.teardown(() => probe.close());
  const limits = new Map<string, number | null>();
  const breakers: BreakerStatus[] = [];
  const depth = { waiting: 0 };
  const logger = recordingLogger();
  const queueName = `steps.${SERVICE}`;
  const parts = {
    services: [
      { name: SERVICE, queueName, instances: [url], concurrency, reportsLoad: load !== null },
    ],
    board: createMemoryLoadBoard(clock),
    breakerBoard: { read: async () => breakers },
    probe,
    limits: {
      async apply(wanted: ReadonlyMap<string, number | null>) {
        for (const [queue, limit] of wanted) limits.set(queue, limit);
        return [];
      },
    },
    queue: {
      depths: async () => [
        { queue: queueName, serviceName: SERVICE, active: 0, delayed: 0, paused: false, ...depth },
      ],
    },
    store: createMemoryStore(),
    clock,
    logger,
  };
  const term = await beginMonitorTerm(parts, 1);
  let tally = { calls: 0, failures: 0, latencyMs: 0 };
  return {
    ...parts,
    url,
    term,
    depth,
    breakers,
    limit: () => limits.get(queueName),
    again: () => beginMonitorTerm(parts, 2),
    async view() {
      const view = await parts.board.view();
      const [service] = view?.services ?? [];
      if (!view || !service) throw new Error('nothing was published');
      return { ...view, service };
    },
    /** A second passes in which the worker makes such calls; then the monitor looks. */
    async second(calls: Partial<CallTally> & { readonly meanMs?: number } = {}) {
      clock.move(1000);
      const { meanMs = 0, inFlight = 0, peakInFlight = inFlight } = calls;
      tally = {
        calls: tally.calls + (calls.calls ?? 0),
        failures: tally.failures + (calls.failures ?? 0),
        latencyMs: tally.latencyMs + (calls.calls ?? 0) * meanMs,
      };
      const seen = { serviceName: SERVICE, instance: url, inFlight, peakInFlight, ...tally };
      const beat = heartbeatOf('worker', clock.now());
      await parts.board.beat({ ...beat, loopDelayMs: 0, calls: [seen] });
      await term.look();
    },
  };
}

test('what an instance reports is the load of its service and of the system', async (t) => {
  const clock = createFakeClock();
  const world = await monitored(
    t,
    json(() => ({ ...FINE, timestamp: clock.now() })),
  );
  await world.second();
  clock.move(1000);
  await world.term.collect();
  const { service, system } = await world.view();
  t.like(service, { health: 'HEALTHY', score: 24, errorRate: 0, averageResponseTimeMs: 12 });
  t.like(service.instances[0], { source: 'reported', score: 24, acceptsWork: true });
  t.like(system.snapshots, [{ score: 24, freeCapacity: 76, errorRate: 0 }]);
});

test('a snapshot is kept in the store: a monitor that begins after Redis was wiped goes on with it', async (t) => {
  const world = await monitored(t, null);
  await world.second();
  await world.term.collect();
  const { system } = await world.view();
  t.is(system.snapshots.length, 1);
  const next = await beginMonitorTerm({ ...world, board: createMemoryLoadBoard(world.clock) }, 2);
  t.truthy(next);
  const board = createMemoryLoadBoard(world.clock);
  await (await beginMonitorTerm({ ...world, board }, 3)).look();
  t.deepEqual((await board.view())?.system, system);
});

test("without a load path the engine's own measurements stand in", async (t) => {
  const world = await monitored(t, null);
  await world.second();
  world.depth.waiting = 500;
  await world.term.collect();
  await world.second({ calls: 10, meanMs: 100, inFlight: 5 });
  await world.second({ calls: 10, failures: 1, meanMs: 100, inFlight: 5 });
  const { service } = await world.view();
  t.like(service, { queueDepth: 500, averageResponseTimeMs: 100 });
  t.like(service.instances[0]?.reading, {
    errorRate: 0.03,
    activeRequests: 5,
    memoryUsagePercent: 10,
  });
  t.is(service.instances[0]?.source, 'measured');
});

test('a service that no worker serves is not measured: it is unknown', async (t) => {
  const world = await monitored(t, null);
  await world.term.look();
  await world.term.collect();
  const { service, system } = await world.view();
  t.like(service, { health: 'UNKNOWN', score: null, errorRate: null });
  t.deepEqual(system.snapshots, []);
});

for (const [what, faulty] of [
  ['hangs', () => {}],
  ['lies: 200 with HTML', (_, response) => response.end('<html>')],
  ['says NaN', json(() => ({ ...FINE, cpuUsagePercent: 'NaN' }))],
  ['says a negative figure', json((now) => ({ ...FINE, queueDepth: -1, timestamp: now }))],
  ['says more than all', json((now) => ({ ...FINE, errorRate: 1.1, timestamp: now }))],
  ['is stale', json((now) => ({ ...FINE, timestamp: now - 15_001 }))],
  ['is from the future', json((now) => ({ ...FINE, timestamp: now + 2001 }))],
] satisfies [string, RequestListener][]) {
  test(`a load path that ${what}: the reading before it holds for 15 s, then the service is unknown`, async (t) => {
    let now = 0;
    let listener: RequestListener = json(() => ({
      ...FINE,
      cpuUsagePercent: 100,
      memoryUsagePercent: 100,
      queueDepth: 1000,
      errorRate: 1,
      timestamp: now,
    }));
    const world = await monitored(t, (request, response) => {
      request.headers['x-now'] = String(now);
      listener(request, response);
    });
    now = world.clock.now();
    await world.term.collect();
    await world.second();
    t.like((await world.view()).service, { health: 'CRITICAL', score: 100 });
    t.is(world.limit(), 1, 'canaries only');

    listener = faulty;
    for (let second = 2; second <= 15; second += 1) await world.second();
    now = world.clock.now();
    await world.term.collect();
    t.like((await world.view()).service, { health: 'CRITICAL', score: 100 });
    t.is(world.limit(), 1, 'the last good decision holds');
    t.is(world.logger.lines.filter(({ message }) => message.includes('dropped')).length, 1);

    await world.second();
    await world.second();
    t.like((await world.view()).service, { health: 'UNKNOWN', score: null });
    t.is((await world.view()).service.instances[0]?.acceptsWork, true);
    for (let second = 0; second < 40; second += 1) await world.second();
    t.is(world.limit(), null, 'and then it is as if nothing had been');
  });
}

test('the limit follows latency, is logged with its reason, and is taken over by the next leader', async (t) => {
  const world = await monitored(t, null);
  await world.second();
  await world.second({ calls: 100, meanMs: 100, inFlight: 50 });
  t.is(world.limit(), null, 'no pressure, no limit');
  await world.second({ calls: 100, meanMs: 1000, inFlight: 50 });
  t.is(world.limit(), 25);
  t.like(world.logger.lines.at(-1), {
    level: 'info',
    message: `${SERVICE}: 50 -> 25 calls at once: latency is 9.8 times its baseline`,
  });
  const next = await world.again();
  await next.look();
  t.is(world.limit(), 25);
  t.is((await world.view()).service.throttle.limit, 25);
});

test('the limit of the registry holds over all workers, pressure or not', async (t) => {
  const world = await monitored(t, null, { concurrency: 20 });
  await world.second();
  t.is(world.limit(), 20);
  await world.second({ calls: 100, meanMs: 100, inFlight: 20 });
  await world.second({ calls: 100, meanMs: 400, inFlight: 20 });
  t.is(world.limit(), 10);
});

test('a worker that joins counts at once, and one that is missing for a moment costs nothing', async (t) => {
  const world = await monitored(t, null, { concurrency: 80 });
  const join = () => world.board.beat(heartbeatOf('another', world.clock.now() + 1000));
  await world.second();
  t.is(world.limit(), 50);
  await join();
  await world.second();
  t.is(world.limit(), 80);
  await world.board.leave('another');
  await world.second();
  t.is(world.limit(), 50);
  await join();
  await world.second();
  t.is(world.limit(), 80);
});

test('a limit that was cut stays so, however many workers join', async (t) => {
  const world = await monitored(t, null, { concurrency: 80 });
  await world.second();
  await world.second({ calls: 100, meanMs: 100, inFlight: 50 });
  await world.second({ calls: 100, meanMs: 1000, inFlight: 50 });
  t.is(world.limit(), 25);
  await world.board.beat(heartbeatOf('another', world.clock.now() + 1000));
  await world.second();
  t.is(world.limit(), 25);
});

test('behind a breaker that is not closed there are canaries, and then a ramp', async (t) => {
  const world = await monitored(t, null);
  await world.second();
  const breaker = { serviceName: SERVICE, since: world.clock.now(), openUntil: null, reason: null };
  world.breakers.push({ ...breaker, state: 'half-open' });
  await world.second();
  t.is(world.limit(), 3);
  world.breakers.splice(0, 1, { ...breaker, state: 'closed', since: world.clock.now() });
  await world.second();
  t.is(world.limit(), 4);
  for (let second = 0; second < 14; second += 1) await world.second();
  t.is(world.limit(), 26);
  for (let second = 0; second < 15; second += 1) await world.second();
  t.is(world.limit(), null);
});

test('a clock that was set back begins the snapshots anew instead of losing them for hours', async (t) => {
  const world = await monitored(t, null);
  await world.second();
  await world.term.collect();
  world.clock.move(-3_600_000);
  await world.second();
  await world.term.collect();
  await world.term.collect();
  t.deepEqual(
    (await world.view()).system.snapshots.map(({ at }) => at),
    [world.clock.now()],
  );
});

/** Answers with this as JSON; told the time as the test has it. */
function json(body: (now: number) => unknown): RequestListener {
  return (request, response) => {
    response.end(JSON.stringify(body(Number(request.headers['x-now'] ?? 0))));
  };
}
