import test from 'ava';
import { HAND_OVERS, type HandOver } from '#application/dispatch.ts';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import { pause, succeeds } from '#test/support/domain-commands.ts';
import { call, definitionOf, NO_RETRY, wait } from '#test/support/domain-definitions.ts';
import {
  begin,
  createEngineWorld,
  deliver,
  SLACK_MS,
  startProcess,
  work,
} from '#test/support/engine-process.ts';
import { answered, replied } from '#test/support/scripted-services.ts';

const TWO = definitionOf([call('a'), call('b', ['a'])]);

async function scene(definition: WorkflowDefinition = TWO, handOver: HandOver = 'commit') {
  const world = createEngineWorld();
  const process = startProcess(world, { handOver });
  const id = await begin(process, definition);
  const state = () => process.workflows.load(id, { fresh: true });
  const wakeAt = async () => (await world.store.list({}, null, 1))[0]?.wakeAt ?? null;
  return { ...world, world, process, id, state, wakeAt };
}

test('nothing is looked at before its time', async (t) => {
  const { process, clock } = await scene();
  clock.move(SLACK_MS - 1);
  t.deepEqual(await process.sweep(), { seen: 0, redispatched: 0 });
});

test('a job that is alive is left alone, and looked for again later', async (t) => {
  const { process, clock, queue, wakeAt, store, id } = await scene();
  clock.move(SLACK_MS);
  t.deepEqual(await process.sweep(), { seen: 1, redispatched: 0 });
  t.is(await wakeAt(), clock.now() + SLACK_MS);
  t.is(queue.chains.length, 1);
  t.is((await store.readLog(id, 0)).length, 3);
  t.deepEqual(await process.sweep(), { seen: 0, redispatched: 0 });
});

test('a lost job is dispatched again, once, with what was to follow it', async (t) => {
  for (const handOver of HAND_OVERS) {
    const { world, process, clock, queue, state } = await scene(TWO, handOver);
    queue.loseAll();
    clock.move(SLACK_MS);
    t.deepEqual(await process.sweep(), { seen: 1, redispatched: 1 });
    t.deepEqual(await process.sweep(), { seen: 0, redispatched: 0 });
    t.deepEqual(
      queue.chains[1]?.jobs.map(({ stepId, dispatch }) => `${stepId}#${dispatch}`),
      handOver === 'flow' ? ['a#2', 'b#2'] : ['a#2'],
    );
    await work(world, process);
    t.is((await state())?.status, 'COMPLETED');
  }
});

test('a next step that was never handed over, for its worker died over it, is found', async (t) => {
  const { world, process, clock, queue, state, id } = await scene();
  world.queue.goAway(true);
  await process.workflows.handle(id, succeeds('a'));
  world.queue.goAway(false);
  queue.loseAll();
  clock.move(SLACK_MS);
  t.deepEqual(await process.sweep(), { seen: 1, redispatched: 1 });
  await work(world, process);
  t.is((await state())?.status, 'COMPLETED');
  t.deepEqual(
    world.services.calls.map(({ operation }) => operation),
    ['do-b'],
  );
});

test('a chain whose next job is lost goes on from there', async (t) => {
  const { world, process, clock, queue, state } = await scene(TWO, 'flow');
  const [first, second] = queue.jobs;
  if (first === undefined || second === undefined) return t.fail();
  queue.lose(second);
  await deliver(world, process, first);
  clock.move(SLACK_MS);
  t.is((await process.sweep()).redispatched, 1);
  await work(world, process);
  t.is((await state())?.status, 'COMPLETED');
  t.is(world.services.calls.length, 2);
});

test('a lost undo is dispatched again, with what was still to be undone', async (t) => {
  const { world, process, clock, queue, services, state } = await scene(
    definitionOf([call('a'), call('b', ['a']), call('c', ['b'], { retry: NO_RETRY })]),
  );
  services.script('do-c', answered(422));
  while ((await state())?.status !== 'COMPENSATING') {
    const job = queue.ready()[0];
    if (job === undefined) return t.fail();
    await deliver(world, process, job);
  }
  queue.loseAll();
  clock.move(SLACK_MS);
  await process.sweep();
  t.deepEqual(
    queue.chains.at(-1)?.jobs.map(({ stepId }) => stepId),
    ['b', 'a'],
  );
  await work(world, process);
  t.is((await state())?.status, 'COMPENSATED');
});

test('what could not be dispatched because the queue was away is dispatched when it is back', async (t) => {
  const world = createEngineWorld();
  const process = startProcess(world);
  world.queue.goAway(true);
  const id = await begin(process, TWO);
  world.clock.move(SLACK_MS);
  t.deepEqual(await process.sweep(), { seen: 1, redispatched: 0 });
  world.queue.goAway(false);
  world.clock.move(SLACK_MS);
  t.deepEqual(await process.sweep(), { seen: 1, redispatched: 1 });
  await work(world, process);
  t.is((await process.workflows.load(id))?.status, 'COMPLETED');
});

test('while the queue is away nothing is declared lost, and time still takes effect', async (t) => {
  const { process, clock, queue, state, wakeAt, logger } = await scene();
  queue.goAway(true);
  clock.move(SLACK_MS);
  t.deepEqual(await process.sweep(), { seen: 1, redispatched: 0 });
  t.is((await state())?.lastDispatch, 1);
  t.is(await wakeAt(), clock.now() + SLACK_MS);
  t.regex(logger.lines.at(-1)?.message ?? '', /no job is declared lost/);
  clock.move(TWO.timeoutMs);
  await process.sweep();
  t.is((await state())?.failure?.code, 'TIMEOUT');
});

test('a deadline ends the workflow on time', async (t) => {
  const { process, clock, state, wakeAt } = await scene(
    definitionOf([call('a')], { timeoutMs: 5000 }),
  );
  t.is(await wakeAt(), clock.now() + 5000);
  clock.move(4999);
  t.is((await process.sweep()).seen, 0);
  clock.move(1);
  await process.sweep();
  t.is((await state())?.failure?.code, 'TIMEOUT');
});

test('a wait ends on time without its job', async (t) => {
  const definition = definitionOf([wait('w', [], { durationMs: 60_000 }), call('a', ['w'])]);
  const { world, process, clock, queue, state } = await scene(definition);
  queue.loseAll();
  clock.move(60_000);
  await process.sweep();
  t.is((await state())?.steps.get('w')?.status, 'COMPLETED');
  await work(world, process);
  t.is((await state())?.status, 'COMPLETED');
});

test('calls under way at a failure are given up when their time to report is over', async (t) => {
  const definition = definitionOf([
    call('a', [], { timeoutMs: 3000 }),
    call('b', [], { retry: NO_RETRY }),
  ]);
  const { world, process, clock, services, state } = await scene(definition);
  const gate = Promise.withResolvers<void>();
  services.script('do-a', () => gate.promise.then(() => replied()));
  services.script('do-b', answered(422));
  const jobs = world.queue.ready();
  const running = jobs.map((job) => deliver(world, process, job));
  await running[1];
  t.is((await state())?.status, 'COMPENSATING');
  clock.move(4999);
  t.is((await process.sweep()).seen, 0);
  clock.move(1);
  await process.sweep();
  t.like((await state())?.steps.get('a'), { status: 'COMPENSATING', outcome: 'unknown' });
  gate.resolve();
  await Promise.all(running);
  await work(world, process);
  t.is((await state())?.status, 'COMPENSATED');
});

test('a step between two attempts is not missed before its time', async (t) => {
  const retry = { retries: 1, initialDelayMs: 60_000, maxDelayMs: 60_000, multiplier: 1 };
  const { world, process, clock, services, queue } = await scene(
    definitionOf([call('a', [], { retry })]),
  );
  services.script('do-a', answered(503));
  await work(world, process);
  queue.loseAll();
  clock.move(60_000 + SLACK_MS - 1);
  t.is((await process.sweep()).seen, 0);
  clock.move(1);
  t.is((await process.sweep()).redispatched, 1);
});

test('a paused workflow is not looked at', async (t) => {
  const { process, id, clock, wakeAt } = await scene();
  await process.workflows.handle(id, pause);
  t.is(await wakeAt(), null);
  clock.move(3_600_000);
  t.is((await process.sweep()).seen, 0);
});

test('a step that is done between the look and the wake is not dispatched again', async (t) => {
  const { world, clock, queue, state } = await scene(definitionOf([call('a')]));
  const [job] = queue.ready();
  if (job === undefined) return t.fail();
  clock.move(SLACK_MS);
  const other = startProcess(world);
  const slow = startProcess({
    ...world,
    queue: {
      ...queue,
      async areAlive(jobs) {
        await deliver(world, other, job);
        return jobs.map(() => false);
      },
    },
  });
  await slow.sweep();
  t.is((await state())?.status, 'COMPLETED');
  t.is(queue.chains.length, 1);
});
