import test from 'ava';
import { isStep, scene, TWO } from '#test/application/advance-scene.ts';
import type { CallResult } from '#application/ports/service-caller.ts';
import { RETRY_POLICIES } from '#domain/policy/retry.ts';
import { cancel, pause } from '#test/support/domain-commands.ts';
import { call, definitionOf, wait } from '#test/support/domain-definitions.ts';
import { startProcess, work } from '#test/support/engine-process.ts';
import { answered, replied, UNREACHABLE } from '#test/support/scripted-services.ts';
import { until } from '#test/support/until.ts';

test('a due step is called once and its answer recorded', async (t) => {
  const { process, job, services, clock, state } = await scene();
  services.script('do-a', () => {
    clock.move(250);
    return replied({ stock: 7 });
  });
  const startedAt = clock.now();
  t.deepEqual(await process.advance(job('a')), { kind: 'done' });
  await isStep(t, { state }, 'a', {
    status: 'COMPLETED',
    output: { stock: 7 },
    startedAt,
    completedAt: startedAt + 250,
  });
});

test('a workflow runs from its first job to its last', async (t) => {
  const { world, process, operations, state } = await scene();
  await work(world, process);
  t.is((await state())?.status, 'COMPLETED');
  t.deepEqual(operations(), ['do-a', 'do-b']);
  t.deepEqual(world.queue.jobs, []);
});

test('a job of a workflow that does not exist does nothing, and the log says so', async (t) => {
  const { process, job, operations, logger } = await scene();
  t.deepEqual(await process.advance({ ...job('a'), workflowId: 'forged' }), { kind: 'done' });
  t.deepEqual(operations(), []);
  t.like(logger.lines.at(-1), { level: 'warn', fields: { workflowId: 'forged' } });
});

const MEANINGLESS = {
  'a step that is not ready': ['b', 1],
  'a step that does not exist': ['__proto__', 1],
  'a dispatch that never was': ['a', 2],
} as const;
for (const [what, [stepId, dispatch]] of Object.entries(MEANINGLESS)) {
  test(`a job of ${what} does nothing`, async (t) => {
    const { process, job, operations, state } = await scene();
    const before = await state();
    t.deepEqual(await process.advance(job(stepId, dispatch)), { kind: 'done' });
    t.deepEqual(operations(), []);
    t.deepEqual(await state(), before);
  });
}

test('a job that comes twice calls once', async (t) => {
  const { process, job, operations } = await scene();
  await process.advance(job('a'));
  t.deepEqual(await process.advance(job('a')), { kind: 'done' });
  t.deepEqual(operations(), ['do-a']);
});

test('a job that runs twice at a time is recorded once, under one key', async (t) => {
  const { world, process, id, job, services, store } = await scene();
  const other = startProcess(world);
  const answer = Promise.withResolvers<CallResult>();
  services.script(
    'do-a',
    () => answer.promise,
    () => answer.promise,
  );
  const both = [process.advance(job('a')), other.advance(job('a'), 1)];
  await until(() => services.calls.length === 2);
  answer.resolve(replied());
  await Promise.all(both);
  t.is(services.calls.length, 2);
  t.is(new Set(services.calls.map(({ idempotencyKey }) => idempotencyKey)).size, 1);
  const log = await store.readLog(id, 0);
  t.is(log.filter(({ event }) => event.type === 'WorkflowStepExecuted').length, 1);
});

test('a process that has not heard of the latest still does what is due', async (t) => {
  const { world, process, id, job, operations, state } = await scene();
  const other = startProcess(world);
  await other.workflows.load(id);
  await process.advance(job('a'));
  // what the other process has in its cache is that b must wait for a
  await other.advance(job('b'));
  t.deepEqual(operations(), ['do-a', 'do-b']);
  t.is((await state())?.status, 'COMPLETED');
});

test('a job that was taken up before is not begun on a state from before that', async (t) => {
  const { world, process, id, job, services, clock, operations } = await scene();
  const other = startProcess(world);
  await other.workflows.load(id);
  services.script('do-a', () => answered(429, 60_000));
  const first = await process.advance(job('a'));
  t.deepEqual(first, { kind: 'retry', at: clock.now() + 60_000, parkMs: 60_000 });
  // somebody fetches it out of its delay: to the other process, by what it knows, the first attempt is still to come
  const again = await other.advance(job('a'), 0, true);
  t.deepEqual(again, { kind: 'not-before', at: clock.now() + 60_000 });
  t.deepEqual(operations(), ['do-a']);
});

test('a paused or cancelled workflow is left alone', async (t) => {
  for (const command of [pause, cancel]) {
    const { process, id, job, operations } = await scene();
    await process.workflows.handle(id, command);
    t.deepEqual(await process.advance(job('a')), { kind: 'done' });
    t.deepEqual(operations(), []);
  }
});

test('the result of a call counts although the workflow was paused meanwhile', async (t) => {
  const { process, id, job, services, state } = await scene();
  services.script('do-a', async () => {
    await process.workflows.handle(id, pause);
    return replied();
  });
  await process.advance(job('a'));
  await isStep(t, { state }, 'a', { status: 'COMPLETED' });
  t.is((await state())?.status, 'PAUSED');
});

test('the result of a call that comes after the end changes nothing', async (t) => {
  const { process, id, job, services, state } = await scene();
  services.script('do-a', async () => {
    await process.workflows.handle(id, cancel);
    return replied();
  });
  t.deepEqual(await process.advance(job('a')), { kind: 'done' });
  t.is((await state())?.status, 'CANCELLED');
});

test('an attempt that may be repeated is, when its policy says', async (t) => {
  const { world, process, job, services, clock, state } = await scene(
    definitionOf([call('a', [], { retry: RETRY_POLICIES.default })]),
  );
  services.script('do-a', answered(503), UNREACHABLE, answered(500), answered(503));
  for (const delayMs of [1000, 2000, 4000]) {
    const at = clock.now() + delayMs;
    t.deepEqual(await process.advance(job('a')), { kind: 'retry', at, parkMs: null });
    t.deepEqual(await process.advance(job('a')), { kind: 'not-before', at });
    clock.move(delayMs);
  }
  t.deepEqual(await process.advance(job('a')), { kind: 'done' });
  t.is(services.calls.length, 4);
  t.is((await state())?.status, 'FAILED');
  t.deepEqual(world.queue.chains.length, 1);
});

test('a pause that the service asks for is kept, by the step and by its whole queue', async (t) => {
  const { process, job, services, clock } = await scene();
  services.script('do-a', answered(429, 30_000));
  const at = clock.now() + 30_000;
  t.deepEqual(await process.advance(job('a')), { kind: 'retry', at, parkMs: 30_000 });
});

test('a shorter pause than the policy’s only parks the queue', async (t) => {
  const { process, job, services, clock } = await scene();
  services.script('do-a', answered(503, 10));
  const at = clock.now() + 1000;
  t.deepEqual(await process.advance(job('a')), { kind: 'retry', at, parkMs: 10 });
});

test('an open breaker uses no attempt and leaves no trace', async (t) => {
  const { process, job, services, clock, state } = await scene();
  const openUntil = clock.now() + 60_000;
  services.script('do-a', { kind: 'parked', untilMs: openUntil, reason: 'open' });
  const before = await state();
  t.deepEqual(await process.advance(job('a')), { kind: 'parked', until: openUntil });
  t.deepEqual(await state(), before);
});

test('a wait that is over ends with its job; one that comes early is told when', async (t) => {
  const { process, job, clock, operations, state } = await scene(
    definitionOf([wait('w', [], { durationMs: 5000 })]),
  );
  const dueAt = clock.now() + 5000;
  t.deepEqual(await process.advance(job('w')), { kind: 'not-before', at: dueAt });
  clock.move(5000);
  t.deepEqual(await process.advance(job('w')), { kind: 'done' });
  t.is((await state())?.status, 'COMPLETED');
  t.deepEqual(operations(), []);
});

test('a job that comes after the deadline fails the workflow instead of calling', async (t) => {
  const { process, job, clock, operations, state } = await scene();
  clock.move(TWO.timeoutMs);
  await process.advance(job('a'));
  t.like(await state(), { failure: { code: 'TIMEOUT' } });
  t.deepEqual(operations(), []);
});
