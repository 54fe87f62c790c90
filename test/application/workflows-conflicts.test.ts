import test from 'ava';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import { fold } from '#domain/workflow/evolve.ts';
import { countingStore } from '#test/support/counting-store.ts';
import { cancel, pause, resume, succeeds } from '#test/support/domain-commands.ts';
import { call, definitionOf } from '#test/support/domain-definitions.ts';
import { begin, createEngineWorld, startProcess } from '#test/support/engine-process.ts';

/** Two processes are two Workflows on one store, each with a cache of its own. */

const TWO_STEPS = definitionOf([call('a'), call('b', ['a'])]);

test('a command decided on an old state is decided again on the newest', async (t) => {
  const world = createEngineWorld();
  const [here, there] = [startProcess(world), startProcess(world)];
  const id = await begin(here, TWO_STEPS);
  await there.workflows.handle(id, succeeds('a', { from: 'there' }));
  const result = await here.workflows.handle(id, pause);
  t.is(result.kind, 'done');
  t.is(result.kind === 'done' && result.state.steps.get('a')?.status, 'COMPLETED');
  t.is(result.kind === 'done' && result.state.status, 'PAUSED');
});

test('nothing is refused because of an old state', async (t) => {
  const world = createEngineWorld();
  const [here, there] = [startProcess(world), startProcess(world)];
  const id = await begin(here, TWO_STEPS);
  await there.workflows.handle(id, pause);
  // here it still looks EXECUTING, from which there is no resume
  t.is((await here.workflows.handle(id, resume)).kind, 'done');
});

test('a refusal names the newest state', async (t) => {
  const world = createEngineWorld();
  const [here, there] = [startProcess(world), startProcess(world)];
  const id = await begin(here, TWO_STEPS);
  await there.workflows.handle(id, cancel);
  const result = await here.workflows.handle(id, resume);
  t.is(result.kind, 'illegal');
  if (result.kind !== 'illegal') return;
  t.is(result.state.status, 'CANCELLED');
  t.regex(result.message, /resume is not allowed: the workflow is CANCELLED/);
  t.deepEqual(result.allowed, []);
});

test('news is not lost because of an old state on which it means nothing', async (t) => {
  const world = createEngineWorld();
  const [here, there] = [startProcess(world), startProcess(world)];
  const id = await begin(here, TWO_STEPS);
  await there.workflows.handle(id, succeeds('a'));
  // here b is still PENDING: nobody could report it
  const result = await here.workflows.handle(id, succeeds('b'));
  t.is(result.kind === 'done' && result.state.status, 'COMPLETED');
});

test('two processes that report different branches at once lose neither', async (t) => {
  const world = createEngineWorld();
  const processes = [startProcess(world), startProcess(world)] as const;
  const branches = Array.from({ length: 60 }, (_, n) => `s${n}`);
  const definition = definitionOf(branches.map((stepId) => call(stepId)));
  const id = await begin(processes[0], definition);
  const results = await Promise.all(
    branches.map((stepId, n) =>
      processes[n % 2 === 0 ? 0 : 1].workflows.handle(id, succeeds(stepId)),
    ),
  );
  t.true(results.every(({ kind }) => kind === 'done'));
  const log = await world.store.readLog(id, 0);
  t.deepEqual(
    log.map(({ version }) => version),
    log.map((_, index) => index + 1),
  );
  t.is(fold(definition, log)?.status, 'COMPLETED');
});

test('the branches of a wide fork that end together in one process do not get in one another’s way', async (t) => {
  const world = createEngineWorld();
  const { counts, store } = countingStore(world.store);
  const process = startProcess({ ...world, store });
  const branches = Array.from({ length: 199 }, (_, n) => `s${n}`);
  const id = await begin(process, definitionOf(branches.map((stepId) => call(stepId))));
  await Promise.all(branches.map((stepId) => process.workflows.handle(id, succeeds(stepId))));
  t.deepEqual(counts, { append: 200, readLog: 0 });
});

test('a store that refuses without end is an error, not a loop without end', async (t) => {
  const world = createEngineWorld();
  const id = await begin(startProcess(world), TWO_STEPS);
  const store = { ...world.store, append: async () => ({ kind: 'conflict' }) as const };
  const process = startProcess({ ...world, store });
  await t.throwsAsync(process.workflows.handle(id, pause), { message: /conflicting commits/ });
});

test('a cached state that is not of this log any more is given up: a backup may have been restored', async (t) => {
  const world = createEngineWorld();
  const backup = createMemoryStore();
  let store: WorkflowStore = world.store;
  const process = startProcess({
    ...world,
    store: {
      ...world.store,
      append: (commit) => store.append(commit),
      readLog: (workflowId, after) => store.readLog(workflowId, after),
    },
  });
  const id = await begin(process, TWO_STEPS);
  const [head] = await store.list({}, null, 1);
  if (head === undefined) return t.fail('nothing was started');
  await backup.append({ expectedVersion: 0, events: await store.readLog(id, 0), head });
  await process.workflows.handle(id, pause);
  store = backup;
  const result = await process.workflows.handle(id, cancel);
  t.is(result.kind === 'done' && result.state.status, 'CANCELLED');
  t.is((await backup.readLog(id, 0)).length, head.version + 1);
});
