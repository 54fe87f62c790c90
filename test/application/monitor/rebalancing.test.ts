import test from 'ava';
import { createMemoryLoadBoard } from '#adapters/memory/load-board.ts';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import { rebalanceSystemLoad } from '#application/commands/rebalance-system-load.ts';
import { createSystemInbox, createSystemOutbox } from '#application/events/system-outbox.ts';
import { cloudEventSchemaOf, PUBLISHED_EVENTS } from '#application/events/published-schemas.ts';
import { beginMonitorTerm } from '#application/monitor/monitor.ts';
import { withSystemEvents } from '#application/relay/system-events.ts';
import { BusUnavailableError } from '#application/ports/event-bus.ts';
import { createFakeClock } from '#test/support/fake-clock.ts';
import { fakeEventBus } from '#test/support/fake-event-bus.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';

const SERVICE = 'picking-service';
const [A, B] = ['http://a', 'http://b'];

/** A monitor of one service with two instances whose load the test sets; 5 jobs wait for it. */
async function floor(instances: readonly string[] = [A, B]) {
  const clock = createFakeClock();
  const loads = new Map(instances.map((url) => [url, 50]));
  const logger = recordingLogger();
  const parts = {
    services: [{ name: SERVICE, queueName: 'q', instances, concurrency: null, reportsLoad: true }],
    board: createMemoryLoadBoard(clock),
    breakerBoard: { read: async () => [] },
    // a scripted service: cpu and memory alone make up to 60 points, so both are set to reach the load that is wanted
    probe: {
      probe: async (serviceName: string, url: string) => {
        const load = loads.get(url) ?? 0;
        const machine = Math.min(100, (load / 60) * 100);
        const rest = Math.max(0, load - 60);
        return {
          kind: 'reading' as const,
          reading: {
            serviceId: url,
            serviceName,
            cpuUsagePercent: machine,
            memoryUsagePercent: machine,
            activeRequests: 0,
            queueDepth: Math.min(20, rest) * 50,
            averageResponseTimeMs: 10,
            errorRate: Math.max(0, rest - 20) / 20,
            timestamp: clock.now(),
          },
        };
      },
      close: async () => {},
    },
    limits: { apply: async () => [] },
    queue: {
      depths: async () => [
        { queue: 'q', serviceName: SERVICE, waiting: 5, active: 0, delayed: 0, paused: false },
      ],
    },
    store: createMemoryStore(),
    clock,
    logger,
  };
  const term = await beginMonitorTerm(parts, 1);
  /** Five seconds of a monitor's life. */
  const round = async () => {
    for (let second = 0; second < 5; second += 1) {
      clock.move(1000);
      await term.look();
    }
    await term.collect();
  };
  const weights = async () => {
    const view = await parts.board.view();
    return view?.services[0]?.instances.map(({ weight }) => Number(weight.toFixed(2)));
  };
  return { ...parts, loads, term, round, weights };
}

test('an overloaded instance gives shares away by itself, and the event tells before and after as measured', async (t) => {
  const world = await floor();
  await world.round();
  t.deepEqual(await world.weights(), [1, 1]);
  world.loads.set(A, 96).set(B, 20);
  await world.round();
  t.deepEqual(await world.weights(), [0.38, 1.62]);
  t.deepEqual(
    await createSystemInbox(world.store).unpublished(),
    [],
    'not before its effect is known',
  );

  world.loads.set(A, 60).set(B, 60);
  await world.round();
  const events = await createSystemInbox(world.store).unpublished();
  t.is(events.length, 1);
  const schema = PUBLISHED_EVENTS.get('SystemLoadRebalanced');
  if (!schema) throw new Error('SPEC 6');
  t.like(cloudEventSchemaOf(schema).parse(events[0]?.event), {
    source: '/wes/orchestration/system',
    type: 'com.paklog.wes.orchestration.system.load.rebalanced',
    data: {
      previousUtilization: 0.58,
      currentUtilization: 0.6,
      targetUtilization: 0.85,
      workflowsRebalanced: 5,
      serviceLoads: { [SERVICE]: 60 },
    },
  });
});

test('the rule rests for 30 s after it acted, and does nothing where there is nobody to give to', async (t) => {
  const world = await floor();
  world.loads.set(A, 96).set(B, 20);
  await world.round();
  const first = await world.weights();
  for (let round = 0; round < 5; round += 1) await world.round();
  t.deepEqual(await world.weights(), first);
  for (let round = 0; round < 2; round += 1) await world.round();
  t.notDeepEqual(await world.weights(), first);

  const lonely = await floor([A]);
  lonely.loads.set(A, 100);
  for (let round = 0; round < 3; round += 1) await lonely.round();
  t.deepEqual(await createSystemInbox(lonely.store).unpublished(), []);
});

test('a share that was shifted goes back once the loads are alike: nobody is spared for ever', async (t) => {
  const world = await floor();
  world.loads.set(A, 96).set(B, 20);
  for (let round = 0; round < 6; round += 1) await world.round();
  t.deepEqual(await world.weights(), [0.38, 1.62], 'not while the load still wants it');
  world.loads.set(A, 50).set(B, 50);
  const gone = async (rounds: number) => {
    for (let round = 0; round < rounds; round += 1) await world.round();
    return await world.weights();
  };
  t.deepEqual(await gone(12), [0.44, 1.56], 'a minute later');
  t.deepEqual(await gone(360), [0.97, 1.03], 'half an hour later');
  t.is((await createSystemInbox(world.store).unpublished()).length, 1, 'without an event');
});

test('an operator gets the answer of his own request, with his target', async (t) => {
  const world = await floor();
  world.loads.set(A, 70).set(B, 50);
  await world.round();
  let waited = 0;
  const command = rebalanceSystemLoad({
    loadBoard: world.board,
    clock: world.clock,
    ids: { next: () => 'r-1' },
    pause: async () => {
      waited += 1;
      if (waited % 4 === 0) await world.round();
    },
  });
  const result = await command(0.6);
  if (result.kind !== 'done') throw new Error(result.kind);
  t.like(result.rebalance, {
    requestIds: ['r-1'],
    targetUtilization: 0.6,
    previousUtilization: 0.6,
    workflowsRebalanced: 5,
    reason: 'asked for by an operator',
  });
  t.deepEqual(await world.weights(), [0.83, 1.17]);
});

test('a request where nothing can be shifted is answered, and says so', async (t) => {
  const world = await floor([A]);
  await world.round();
  await world.board.request({ id: 'r', targetUtilization: null, at: world.clock.now() });
  await world.round();
  await world.round();
  t.like((await world.board.view())?.lastRebalance, {
    workflowsRebalanced: 0,
    reason: 'asked for by an operator; no service has shares to shift',
  });
});

test('shares outlive the leader', async (t) => {
  const world = await floor();
  world.loads.set(A, 96).set(B, 20);
  await world.round();
  await (await beginMonitorTerm(world, 2)).look();
  t.deepEqual(await world.weights(), [0.38, 1.62]);
});

test('a monitor that was frozen and goes on beside its successor shows nothing and tells nothing', async (t) => {
  const world = await floor();
  world.loads.set(A, 96).set(B, 20);
  await world.round();
  const next = await beginMonitorTerm(world, 2);
  await next.look();
  await next.collect();
  world.clock.move(1);
  const shown = await world.board.view();
  // the first one is in the middle of a rebalancing, which it now ends
  await world.round();
  t.deepEqual(await world.board.view(), shown);
  t.true(world.logger.lines.some(({ message }) => message.includes('another process leads')));
});

test('of two monitors that tell at once each event is told once, under a number of its own', async (t) => {
  const store = createMemoryStore();
  const [old, next] = [createSystemOutbox(store), createSystemOutbox(store)];
  const rebalance = {
    at: 1,
    previousUtilization: 0.9,
    currentUtilization: 0.8,
    targetUtilization: 0.85,
    workflowsRebalanced: 1,
    serviceLoads: {},
    reason: 'a test',
    requestIds: [],
  };
  t.true(await old.record(rebalance));
  t.true(await next.record({ ...rebalance, at: 2 }));
  t.false(await old.record({ ...rebalance, at: 3 }), 'what it knows is old');
  t.true(await old.record({ ...rebalance, at: 3 }), 'unless it leads again');
  const events = await createSystemInbox(store).unpublished();
  t.deepEqual(
    events.map(({ version, event }) => [version, event.time]),
    [1, 2, 3].map((at) => [at, new Date(at).toISOString()]),
  );
});

test('events of the system go out on their own topic, once the bus has them, each under one id', async (t) => {
  const world = await floor();
  world.loads.set(A, 96).set(B, 20);
  await world.round();
  await world.round();
  const bus = fakeEventBus();
  const term = withSystemEvents(
    { publishNext: async () => 'idle' },
    { ...world, bus, outgoing: { topic: 'system', format: 'structured' } },
  );
  bus.meet('response lost');
  await t.throwsAsync(term.publishNext(), { instanceOf: BusUnavailableError });
  world.clock.move(1000);
  t.is(await term.publishNext(), 'idle');
  world.clock.move(1000);
  await term.publishNext();
  const ids = bus.sent.map(({ topic, value }) => [topic, JSON.parse(String(value)).id]);
  t.is(ids.length, 2, 'a redelivery, and none after that');
  t.deepEqual(ids[0], ids[1]);
  t.is(ids[0]?.[0], 'system');
});
