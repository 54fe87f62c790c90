import test, { type ExecutionContext } from 'ava';
import type { FloorState } from '#application/ports/floor.ts';
import { releaser, type ReleaserOptions } from '#application/waveless/releaser.ts';
import type { StartWorkflowRequest } from '#application/orchestration.ts';
import type { LaneRule } from '#application/waveless/lane-rules.ts';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import { call, definitionOf } from '#test/support/domain-definitions.ts';
import { begin, createEngineWorld, SERVICE, startProcess } from '#test/support/engine-process.ts';

const QUIET: FloorState = { load: { score: 60, errorRate: 0 }, breakers: [], closed: [] };
const MINUTE_MS = 60_000;

const order = definitionOf([call('reserve')], {
  lane: { $from: '/input/zone', $default: 'A' },
});

/** Releasers of one store, each of a process of its own, over a floor that the test moves. */
function scene(
  t: ExecutionContext,
  { cap = 100, weights = {} }: { cap?: number; weights?: Record<string, number> } = {},
  world = createEngineWorld(),
) {
  const api = startProcess(world);
  let floor = QUIET;
  let rule: (lane: string) => LaneRule | null = (lane) => ({ cap, weight: weights[lane] ?? 1 });
  t.teardown(() => world.store.close());
  return {
    ...world,
    setFloor: (changes: Partial<FloorState>) => (floor = { ...QUIET, ...changes }),
    setRule: (next: typeof rule) => (rule = next),
    newReleaser(options: Partial<ReleaserOptions> = {}) {
      return this.newProcess(options).round;
    },
    newProcess(options: Partial<ReleaserOptions> = {}) {
      const { workflows } = startProcess(world);
      const parts = { ...world, workflows, floor: { read: async () => floor } };
      return releaser(
        { ...parts, lanes: { named: [], find: (lane) => rule(lane) } },
        { group: 0, groups: 1, rules: { classWaitMs: 30 * MINUTE_MS }, holdHigh: true, ...options },
      );
    },
    async start(
      changes: Partial<StartWorkflowRequest> = {},
      definition: WorkflowDefinition = order,
    ): Promise<string> {
      world.clock.move(1);
      return await begin(api, definition, { enableWaveless: true, ...changes });
    },
    async startMany(count: number, changes: Partial<StartWorkflowRequest> = {}) {
      const ids: string[] = [];
      for (let index = 0; index < count; index += 1) ids.push(await this.start(changes));
      return ids;
    },
    async statusOf(id: string) {
      return (await api.workflows.load(id, { fresh: true }))?.status;
    },
    async released(ids: readonly string[]) {
      const statuses = await Promise.all(ids.map((id) => this.statusOf(id)));
      return ids.filter((_, index) => statuses[index] === 'EXECUTING');
    },
    workflows: api.workflows,
    orchestration: api.orchestration,
  };
}

test('a batch is released, the oldest first; the next one waits for its interval', async (t) => {
  const floor = scene(t);
  const ids = await floor.startMany(25);
  const round = floor.newReleaser();
  t.is((await round()).released, 10);
  t.deepEqual(await floor.released(ids), ids.slice(0, 10));
  t.is((await round()).released, 0);
  floor.clock.move(1000);
  t.is((await round()).released, 10);
  t.deepEqual(await floor.released(ids), ids.slice(0, 20));
});

test('HIGH goes at once, between two batches', async (t) => {
  const floor = scene(t);
  await floor.startMany(12, { priority: 'LOW' });
  const round = floor.newReleaser();
  await round();
  const urgent = await floor.start({ priority: 'HIGH' });
  t.is((await round()).released, 1);
  t.is(await floor.statusOf(urgent), 'EXECUTING');
});

test('an urgent release takes the HIGH orders of one lane, the older first, and reads no other line', async (t) => {
  const world = createEngineWorld();
  const asked: string[] = [];
  const floor = scene(
    t,
    { cap: 2 },
    {
      ...world,
      store: {
        ...world.store,
        lanes: () => Promise.reject(new Error('sums up all that waits')),
        async waiting(lane, priority, ...rest) {
          asked.push(`${lane} ${priority}`);
          return await world.store.waiting(lane, priority, ...rest);
        },
      },
    },
  );
  const low = await floor.startMany(30, { priority: 'LOW' });
  const other = await floor.start({ priority: 'HIGH', inputParameters: { zone: 'B' } });
  const urgent = await floor.startMany(3, { priority: 'HIGH' });
  const { releaseUrgent } = floor.newProcess();
  t.deepEqual(await releaseUrgent('A'), { released: 2, isFull: false }, 'its cap holds');
  t.deepEqual(await floor.released([...low, other, ...urgent]), urgent.slice(0, 2));
  t.deepEqual(asked, ['A HIGH']);
  t.is((await releaseUrgent('A')).released, 0);
  t.is((await releaseUrgent('nowhere')).released, 0);
  t.is((await releaseUrgent('B')).released, 1);
});

test('an urgent release is held by critical load and by a closed service as any other', async (t) => {
  const floor = scene(t);
  const id = await floor.start({ priority: 'HIGH' });
  const { releaseUrgent } = floor.newProcess();
  floor.setFloor({ load: { score: 95, errorRate: 0 } });
  t.is((await releaseUrgent('A')).released, 0);
  floor.clock.move(1000);
  floor.setFloor({
    closed: [{ serviceName: SERVICE, why: 'its breaker is open', since: 1, until: null }],
  });
  t.is((await releaseUrgent('A')).released, 0);
  t.is((await floor.newProcess({ holdHigh: false }).releaseUrgent('A')).released, 1);
  t.is(await floor.statusOf(id), 'EXECUTING');
});

test('a flood of urgent orders goes in handfuls, and each but the last tells that there are more', async (t) => {
  const floor = scene(t, { cap: 1000 });
  await floor.startMany(110, { priority: 'HIGH' });
  const { releaseUrgent } = floor.newProcess();
  t.deepEqual(await releaseUrgent('A'), { released: 50, isFull: true });
  t.deepEqual(await releaseUrgent('A'), { released: 50, isFull: true });
  t.deepEqual(await releaseUrgent('A'), { released: 10, isFull: false });
});

test('a round is short, however many may go: HIGH waits for one of them at most', async (t) => {
  const floor = scene(t, { cap: 1000 });
  await floor.startMany(110, { priority: 'LOW' });
  floor.clock.move(MINUTE_MS + 1);
  const round = floor.newReleaser();
  const first = await round();
  t.deepEqual([first.released, first.isFull], [50, true]);
  const urgent = await floor.start({ priority: 'HIGH' });
  t.is((await round()).released, 50);
  t.is(await floor.statusOf(urgent), 'EXECUTING', 'it goes before those that are left');
  const last = await round();
  t.deepEqual([last.released, last.isFull], [11, false]);
});

test('what has waited more than a minute goes outside of the batch', async (t) => {
  const floor = scene(t);
  const ids = await floor.startMany(30);
  floor.clock.move(MINUTE_MS + 1);
  t.is((await floor.newReleaser()()).released, 30);
  t.is((await floor.released(ids)).length, 30);
});

test('at critical load nothing goes, and the view says since when and why', async (t) => {
  const floor = scene(t);
  await floor.startMany(2, { priority: 'HIGH' });
  floor.setFloor({ load: { score: 95, errorRate: 0 } });
  const round = floor.newReleaser();
  const since = floor.clock.now();
  const { released, view } = await round();
  t.is(released, 0);
  t.deepEqual(view.paused, { since, score: 95, errorRate: 0 });
  t.regex(view.why, /^paused: load 95/);
  floor.clock.move(5000);
  t.is((await round()).view.paused?.since, since);
  floor.setFloor({});
  floor.clock.move(5000);
  const after = await round();
  t.is(after.released, 2);
  t.is(after.view.paused, null);
});

test('a load that nobody measures does not stop the floor', async (t) => {
  const floor = scene(t);
  await floor.startMany(12);
  floor.setFloor({ load: null });
  const { released, view } = await floor.newReleaser()();
  t.is(released, 10);
  t.regex(view.why, /^load not measured/);
});

test('a load that can not be one does not stop the floor', async (t) => {
  const floor = scene(t);
  await floor.startMany(2);
  for (const load of [
    { score: NaN, errorRate: 0 },
    { score: 60, errorRate: 7 },
  ]) {
    floor.setFloor({ load });
    const { view } = await floor.newReleaser()();
    t.regex(view.why, /^load can not be right/);
  }
});

test('a lane never has more on the floor than its cap, and goes on as places come free', async (t) => {
  const floor = scene(t, { cap: 3 });
  const ids = await floor.startMany(5);
  const round = floor.newReleaser();
  t.is((await round()).released, 3);
  floor.clock.move(MINUTE_MS + 1);
  t.is((await round()).released, 0);
  const [first = ''] = ids;
  await floor.orchestration.cancelWorkflow(first, { by: 'ann', reason: '', compensate: false });
  t.is((await round()).released, 1);
});

test('a releaser that knows nothing counts what is on the floor already', async (t) => {
  const floor = scene(t, { cap: 3 });
  await floor.startMany(5);
  t.is((await floor.newReleaser()()).released, 3);
  t.is((await floor.newReleaser()()).released, 0);
});

test('two that both believe to lead release no order twice, and forget none', async (t) => {
  const floor = scene(t);
  const ids = await floor.startMany(40);
  floor.clock.move(MINUTE_MS + 1);
  const rounds = [floor.newReleaser(), floor.newReleaser(), floor.newReleaser()];
  const results = await Promise.all(rounds.map((round) => round()));
  t.is(
    results.reduce((sum, { released }) => sum + released, 0),
    40,
  );
  t.deepEqual(await floor.released(ids), ids);
  for (const id of ids) {
    const log = await floor.store.readLog(id, 0);
    t.is(log.filter(({ event }) => event.type === 'WorkflowStarted').length, 1);
  }
});

test('an order that was cancelled while it waited is not released', async (t) => {
  const floor = scene(t);
  const id = await floor.start();
  await floor.orchestration.cancelWorkflow(id, { by: 'ann', reason: '', compensate: false });
  t.is((await floor.newReleaser()()).released, 0);
  t.is(await floor.statusOf(id), 'CANCELLED');
});

test('lanes share a batch by their weights', async (t) => {
  const floor = scene(t, { weights: { A: 1, B: 4 } });
  const a = await floor.startMany(20, { inputParameters: { zone: 'A' } });
  const b = await floor.startMany(20, { inputParameters: { zone: 'B' } });
  await floor.newReleaser()();
  t.deepEqual([(await floor.released(a)).length, (await floor.released(b)).length], [2, 8]);
});

test('each group of lanes has its own releaser, and together they have all', async (t) => {
  const floor = scene(t);
  const zones = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
  for (const zone of zones) await floor.start({ inputParameters: { zone } });
  const groups = [0, 1, 2].map((group) => floor.newReleaser({ group, groups: 3 }));
  const results = await Promise.all(groups.map((round) => round()));
  const lanes = results.map(({ view }) => view.lanes.map(({ lane }) => lane));
  t.deepEqual(lanes.flat().toSorted(), zones);
  t.is(
    results.reduce((sum, { released }) => sum + released, 0),
    zones.length,
  );
});

test('an order that needs a closed service waits, and those behind it pass', async (t) => {
  const floor = scene(t);
  const needs = definitionOf([call('reserve'), call('ship', ['reserve'])], {
    definitionId: 'needs-it',
  });
  const held: string[] = [];
  for (let index = 0; index < 60; index += 1) held.push(await floor.start({}, needs));
  const free = definitionOf([call('reserve', [], { optional: true })], { definitionId: 'free' });
  const id = await floor.start({}, free);
  floor.setFloor({
    closed: [{ serviceName: SERVICE, why: 'its breaker is open', since: 1, until: null }],
  });
  const urgent = await floor.start({ priority: 'HIGH' }, needs);
  t.is((await floor.newReleaser()()).released, 1);
  t.is(await floor.statusOf(id), 'EXECUTING');
  t.is(await floor.statusOf(urgent), 'PENDING');
  t.is((await floor.newReleaser({ holdHigh: false })()).released, 1);
  t.is(await floor.statusOf(urgent), 'EXECUTING');
  t.deepEqual(await floor.released(held), []);
});

test('a cut-off that comes near brings an order from the end of the line to its head', async (t) => {
  const floor = scene(t, { cap: 1 });
  await floor.startMany(120, { priority: 'NORMAL' });
  const cutOffAt = new Date(floor.clock.now() + 9 * MINUTE_MS).toISOString();
  const pressed = await floor.start({ priority: 'LOW', metadata: { cutOffAt } });
  t.is((await floor.newReleaser()()).released, 1);
  t.is(await floor.statusOf(pressed), 'EXECUTING');
  const state = await floor.workflows.load(pressed);
  t.like(state, { priority: 'LOW', urgency: 'HIGH' }, 'its jobs go first as well');
});

test('what a type took lately counts against its cut-off', async (t) => {
  const floor = scene(t, { cap: 1 });
  for (let index = 0; index < 10; index += 1) {
    const id = await floor.start({ enableWaveless: false });
    floor.clock.move(60 * MINUTE_MS);
    await floor.workflows.handle(id, {
      type: 'reportStepSuccess',
      stepId: 'reserve',
      output: {},
      startedAt: floor.clock.now(),
    });
  }
  const [first = ''] = await floor.startMany(1);
  const cutOffAt = new Date(floor.clock.now() + 65 * MINUTE_MS).toISOString();
  const pressed = await floor.start({ metadata: { cutOffAt } });
  await floor.newReleaser()();
  t.is(await floor.statusOf(pressed), 'EXECUTING');
  t.is(await floor.statusOf(first), 'PENDING');
});

test('an order may slow down the release of its lane while it waits, and no longer', async (t) => {
  const floor = scene(t);
  const ids = await floor.startMany(9);
  const pace = { batchSize: 2, processingIntervalMs: 30_000 };
  await floor.orchestration.enableWaveless(ids[3] ?? '', pace);
  const round = floor.newReleaser();
  t.is((await round()).released, 2);
  floor.clock.move(20_000);
  t.is((await round()).released, 0);
  floor.clock.move(10_000);
  t.is((await round()).released, 2);
  floor.clock.move(2000);
  t.is((await round()).released, 5);
});

test('a lane that rests by the wish of an order says until when, and HIGH does not prolong that', async (t) => {
  const floor = scene(t);
  const ids = await floor.startMany(5);
  const pace = { batchSize: 2, processingIntervalMs: 30_000 };
  await floor.orchestration.enableWaveless(ids[4] ?? '', pace);
  const round = floor.newReleaser();
  const begunAt = floor.clock.now();
  t.is((await round()).released, 2);
  floor.clock.move(20_000);
  await floor.start({ priority: 'HIGH' });
  const { released, view } = await round();
  t.is(released, 1, 'HIGH goes');
  t.is(view.lanes[0]?.restsUntil, begunAt + 30_000);
  floor.clock.move(1000);
  t.is((await round()).view.lanes[0]?.restsUntil, begunAt + 30_000, 'also between two batches');
  floor.clock.move(9000);
  t.is((await round()).released, 2);
  await floor.orchestration.enableWaveless(ids[4] ?? '', { ...pace, processingIntervalMs: null });
  floor.clock.move(2000);
  t.is((await round()).view.lanes[0]?.restsUntil, null, 'that order wishes it no more');
});

test('a lane that was taken out of the configuration trickles out', async (t) => {
  const floor = scene(t);
  await floor.startMany(3);
  floor.setRule(() => null);
  t.is((await floor.newReleaser()()).released, 1);
});

test('orders of a lane that there is not, or without one, are refused', async (t) => {
  const { orchestration, start } = scene(t);
  await start();
  const strict = definitionOf([call('reserve')], {
    definitionId: 'strict',
    lane: [{ $from: '/input/warehouse' }, { $from: '/input/zone' }],
  });
  const attempt = async (
    definition: WorkflowDefinition,
    changes: Partial<StartWorkflowRequest>,
  ) => {
    const error = await t.throwsAsync(start(changes, definition));
    return error.message;
  };
  t.regex(await attempt(strict, {}), /nothing at \/input\/warehouse, \/input\/zone/);
  t.regex(
    await attempt(strict, { inputParameters: { warehouse: 'W', zone: { a: 1 } } }),
    /names no lane/,
  );
  t.regex(
    await attempt(order, { inputParameters: { zone: 'closed' } }),
    /"inputParameters","message":"there is no lane 'closed'; there are A, empty"/,
  );
  t.regex(
    await attempt(order, { metadata: { cutOffAt: 'tonight' } }),
    /"metadata.cutOffAt","message":"the cut-off is neither an ISO 8601/,
  );
  const { backlog, lanes } = await orchestration.getWaveless();
  t.is(backlog.NORMAL, 1);
  const shown = lanes.map(({ lane, waiting }) => `${lane}: ${waiting.NORMAL}`);
  t.deepEqual(shown, ['A: 1', 'empty: 0'], 'a lane that is named is shown when it is empty, too');
});

test('a workflow that is under way comes into a lane that there is, and into no other', async (t) => {
  const { orchestration, workflows, start } = scene(t);
  const AS_THE_LOAD_ALLOWS = { batchSize: null, processingIntervalMs: null };
  const enable = async (zone: string) => {
    const id = await start({ enableWaveless: false, inputParameters: { zone } });
    const { kind } = await orchestration.enableWaveless(id, AS_THE_LOAD_ALLOWS);
    return { kind, waveless: (await workflows.load(id))?.waveless };
  };
  t.deepEqual(await enable('A'), { kind: 'done', waveless: true });
  t.deepEqual(await enable('closed'), { kind: 'invalid', waveless: false });
});
