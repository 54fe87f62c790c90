import test from 'ava';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import { TRUST_MS } from '#application/state-cache.ts';
import { countingStore } from '#test/support/counting-store.ts';
import { cancel, pause, resume, succeeds, wake } from '#test/support/domain-commands.ts';
import { call, definitionOf } from '#test/support/domain-definitions.ts';
import { begin, createEngineWorld, startProcess } from '#test/support/engine-process.ts';

const TWO_STEPS = definitionOf([call('a'), call('b', ['a'])]);

test('a workflow that nobody knows is unknown to every command', async (t) => {
  const process = startProcess(createEngineWorld());
  t.is(await process.workflows.load('nobody'), null);
  t.deepEqual(await process.workflows.handle('nobody', pause), { kind: 'unknown-workflow' });
});

test('what is committed can be read at once, in this process and in others', async (t) => {
  const world = createEngineWorld();
  const [here, there] = [startProcess(world), startProcess(world)];
  const id = await begin(here, TWO_STEPS);
  t.is((await there.workflows.load(id))?.status, 'EXECUTING');
  const result = await here.workflows.handle(id, pause);
  t.is(result.kind, 'done');
  t.is((await here.workflows.load(id))?.status, 'PAUSED');
  t.is((await there.workflows.load(id, { fresh: true }))?.status, 'PAUSED');
});

test('a step costs one write and no read while the process knows the state', async (t) => {
  const world = createEngineWorld();
  const { counts, store } = countingStore(world.store);
  const process = startProcess({ ...world, store });
  const id = await begin(process, TWO_STEPS);
  t.deepEqual(counts, { append: 1, readLog: 0 });
  await process.workflows.handle(id, succeeds('a'));
  await process.workflows.handle(id, succeeds('b'));
  t.deepEqual(counts, { append: 3, readLog: 0 });
});

test('a cached state is trusted for its time and not a moment longer', async (t) => {
  const world = createEngineWorld();
  const [here, there] = [startProcess(world), startProcess(world)];
  const id = await begin(here, TWO_STEPS);
  await there.workflows.handle(id, pause);
  world.clock.move(TRUST_MS);
  t.is((await here.workflows.load(id))?.status, 'EXECUTING');
  world.clock.move(1);
  t.is((await here.workflows.load(id))?.status, 'PAUSED');
});

test('a clock that is set back makes no cached state younger', async (t) => {
  const world = createEngineWorld();
  const [here, there] = [startProcess(world), startProcess(world)];
  const id = await begin(here, TWO_STEPS);
  await there.workflows.handle(id, pause);
  world.clock.move(TRUST_MS + 1);
  world.clock.set(-TRUST_MS - 1);
  t.is((await here.workflows.load(id))?.status, 'PAUSED');
});

test('a write that took long is no reason to trust its state for longer', async (t) => {
  const world = createEngineWorld();
  const there = startProcess(world);
  const id = await begin(there, TWO_STEPS);
  const slow: WorkflowStore['append'] = async (commit) => {
    const result = await world.store.append(commit);
    await there.workflows.handle(id, cancel);
    world.clock.move(TRUST_MS + 1);
    return result;
  };
  const here = startProcess({ ...world, store: { ...world.store, append: slow } });
  await here.workflows.handle(id, pause);
  t.is((await here.workflows.load(id))?.status, 'CANCELLED');
});

test('a command that changes nothing writes nothing', async (t) => {
  const world = createEngineWorld();
  const { counts, store } = countingStore(world.store);
  const process = startProcess({ ...world, store });
  const id = await begin(process, TWO_STEPS);
  const result = await process.workflows.handle(id, wake());
  t.deepEqual(result.kind === 'done' && result.events, []);
  t.is(counts.append, 1);
});

test('without its store a command is an error, and nothing changes', async (t) => {
  const world = createEngineWorld();
  const process = startProcess(world);
  const id = await begin(process, TWO_STEPS);
  const broken = startProcess({
    ...world,
    store: {
      ...world.store,
      append: () => Promise.reject(new StoreUnavailableError('the disk is full')),
    },
  });
  await t.throwsAsync(broken.workflows.handle(id, pause), { instanceOf: StoreUnavailableError });
  t.is((await broken.workflows.load(id))?.status, 'EXECUTING');
  t.is((await process.workflows.load(id, { fresh: true }))?.status, 'EXECUTING');
});

test('a queue that is away does not fail a command, and the log says so', async (t) => {
  const world = createEngineWorld();
  const process = startProcess(world);
  const id = await begin(process, TWO_STEPS);
  await process.workflows.handle(id, pause);
  world.queue.goAway(true);
  const result = await process.workflows.handle(id, resume);
  t.is(result.kind === 'done' && result.state.status, 'EXECUTING');
  const warning = world.logger.lines.find(({ level }) => level === 'warn');
  t.is(warning?.fields.workflowId, id);
});

test('jobs are added after the commit, one chain for each dispatch', async (t) => {
  const world = createEngineWorld();
  const process = startProcess(world);
  const definition = definitionOf([call('a'), call('b', ['a']), call('c', ['a'])]);
  const id = await begin(process, definition, { priority: 'HIGH' });
  t.is(world.queue.chains.length, 1);
  await process.workflows.handle(id, succeeds('a'));
  t.deepEqual(
    world.queue.chains.map(({ priority, direction, jobs }) => ({
      priority,
      direction,
      steps: jobs.map(({ stepId, dispatch }) => `${stepId}#${dispatch}`),
    })),
    ['a#1', 'b#2', 'c#3'].map((job) => ({ priority: 'HIGH', direction: 'do', steps: [job] })),
  );
});
