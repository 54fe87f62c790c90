import test from 'ava';
import { isStep, ONE, scene, type Scene } from '#test/application/advance-scene.ts';
import { MAX_STALLS } from '#application/advance.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { CallResult } from '#application/ports/service-caller.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import { compensate } from '#test/support/domain-commands.ts';
import { call, definitionOf, NO_RETRY } from '#test/support/domain-definitions.ts';
import { deliver, startProcess, work } from '#test/support/engine-process.ts';
import { until } from '#test/support/until.ts';
import { answered, LOST, replied, UNREACHABLE } from '#test/support/scripted-services.ts';

/** Calls of which nothing was heard: a worker died over them, or the store could not take what it found out. */

test('a step over which workers keep dying is given up, its effect unknown', async (t) => {
  const { process, id, job, operations, logger, state } = await scene(ONE);
  await process.advance(job('a'), MAX_STALLS);
  t.deepEqual(operations(), []);
  t.like(await state(), { status: 'COMPENSATING' });
  const log = await process.orchestration.getWorkflowHistory(id);
  t.like(
    log?.map(({ event }) => event).find(({ type }) => type === 'WorkflowStepFailed'),
    { errorCode: 'INTERNAL_ERROR', outcome: 'unknown', nextRetryAt: null },
  );
  t.is(logger.lines.at(-1)?.level, 'error');
});

test('one death less, and it is tried once more', async (t) => {
  const { process, job, operations, state } = await scene(ONE);
  await process.advance(job('a'), MAX_STALLS - 1);
  t.deepEqual(operations(), ['do-a']);
  t.is((await state())?.status, 'COMPLETED');
});

test('an undo over which workers keep dying is given up: an operator decides', async (t) => {
  const { world, process, id, state } = await scene();
  const undo = await failAfterA(world, process);
  await process.advance(undo, MAX_STALLS);
  t.like(await state(), {
    status: 'FAILED',
    failure: { code: 'COMPENSATION_FAILED' },
  });
  t.false(world.services.calls.some(({ operation }) => operation === 'undo-a'));
  // and may have it tried again
  await process.workflows.handle(id, compensate);
  await work(world, process);
  t.is((await state())?.status, 'COMPENSATED');
});

/** Step a succeeds, b is refused. @returns the job of the undo */
async function failAfterA(world: Scene['world'], process: Scene['process']) {
  world.services.script('do-b', answered(422));
  for (;;) {
    const job = world.queue.ready()[0];
    if (job === undefined) throw new Error('no undo came');
    if (job.direction === 'undo') return job;
    await deliver(world, process, job);
  }
}

test('what is refused after a worker died over the step is not believed: its call may have come through', async (t) => {
  for (const refusal of [answered(503), answered(409), UNREACHABLE]) {
    const { process, job, services, state } = await scene(
      definitionOf([call('a', [], { retry: NO_RETRY })]),
    );
    services.script('do-a', refusal);
    await process.advance(job('a'), 1);
    await isStep(t, { state }, 'a', { outcome: 'unknown' });
    t.is((await state())?.status, 'COMPENSATING');
  }
});

test('nor is an answer that says no, though under the same key the dead worker should have had the same', async (t) => {
  const failWhen = { equals: [{ $from: '/reply/ok' }, false] } as const;
  const { process, job, services, state } = await scene(
    definitionOf([call('a', [], { failWhen })]),
  );
  services.script('do-a', replied({ ok: false }));
  await process.advance(job('a'), 1);
  await isStep(t, { state }, 'a', { outcome: 'unknown' });
});

test('a worker that was only frozen and is refused in the end proves nothing: another one may have come through', async (t) => {
  const { world, process, job, services, state } = await scene(
    definitionOf([call('a', [], { retry: NO_RETRY })]),
  );
  const [first, second] = [
    Promise.withResolvers<CallResult>(),
    Promise.withResolvers<CallResult>(),
  ];
  services.script(
    'do-a',
    () => first.promise,
    () => second.promise,
  );
  const frozen = process.advance(job('a'));
  const taken = startProcess(world).advance(job('a'), 1);
  await until(() => services.calls.length === 2);
  first.resolve(answered(503));
  await frozen;
  await isStep(t, { state }, 'a', { status: 'COMPENSATING', outcome: 'unknown' });
  second.resolve(replied());
  await taken;
});

test('once a frozen worker has reported nobody calls for it again, not even who has not heard of it', async (t) => {
  const { world, process, id, job, services, operations, state } = await scene(
    definitionOf([call('a', [], { retry: NO_RETRY })]),
  );
  const other = startProcess(world);
  await other.workflows.load(id);
  services.script('do-a', answered(422));
  await process.advance(job('a'));
  t.deepEqual(await other.advance(job('a'), 1), { kind: 'done' });
  t.deepEqual(operations(), ['do-a']);
  await isStep(t, { state }, 'a', { status: 'FAILED', outcome: 'not-applied' });
});

test('an effect that nobody will undo is an error in the log', async (t) => {
  const { world, process, job, services, logger } = await scene(
    definitionOf([call('a', [], { retry: NO_RETRY })]),
  );
  const late = Promise.withResolvers<CallResult>();
  services.script('do-a', () => late.promise, answered(422));
  const both = process.advance(job('a'));
  // the queue brings the same job again and says nothing of it
  await startProcess(world).advance(job('a'));
  late.resolve(replied());
  await both;
  t.like(logger.lines.at(-1), { level: 'error', fields: { stepId: 'a' } });
  t.regex(logger.lines.at(-1)?.message ?? '', /not undone/);
});

test('a lost answer stays an unknown outcome, whatever later attempts are told', async (t) => {
  const { process, job, services, clock, state } = await scene(ONE);
  services.script('do-a', LOST, answered(503), answered(422));
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await process.advance(job('a'));
    clock.move(10_000);
  }
  await isStep(t, { state }, 'a', { outcome: 'unknown' });
  t.is((await state())?.status, 'COMPENSATING');
});

test('a result that the store can not take waits with its worker until it can, and no other call is made', async (t) => {
  const { world, job, state, operations } = await scene(ONE);
  let refusals = 3;
  const append: WorkflowStore['append'] = (commit) => {
    refusals -= 1;
    if (refusals < 0) return world.store.append(commit);
    return Promise.reject(new StoreUnavailableError('full'));
  };
  const pauses: number[] = [];
  const pause = async (ms: number) => void pauses.push(ms);
  const there = startProcess({ ...world, store: { ...world.store, append } }, { pause });
  t.deepEqual(await there.advance(job('a')), { kind: 'done' });
  t.deepEqual(pauses, [500, 500, 500]);
  t.deepEqual(operations(), ['do-a']);
  t.is((await state())?.status, 'COMPLETED');
  t.like(world.logger.lines.at(-1), { level: 'warn', fields: { stepId: 'a' } });
});

test('by itself it waits for half a second', async (t) => {
  const { world, job, state } = await scene(ONE);
  let isAway = true;
  const append: WorkflowStore['append'] = (commit) =>
    isAway ? Promise.reject(new StoreUnavailableError('full')) : world.store.append(commit);
  const reported = startProcess({ ...world, store: { ...world.store, append } }).advance(job('a'));
  await until(() => world.logger.lines.length > 0);
  isAway = false;
  await reported;
  t.is((await state())?.status, 'COMPLETED');
});

test('a store that is away before the call is an error: nothing was called, and the job may come again', async (t) => {
  const { world, job, operations } = await scene(ONE);
  const readLog = () => Promise.reject(new StoreUnavailableError('away'));
  const there = startProcess({ ...world, store: { ...world.store, readLog } });
  await t.throwsAsync(there.advance(job('a')), { instanceOf: StoreUnavailableError });
  t.deepEqual(operations(), []);
});

test('a result that can not be recorded for a fault of ours is no reason to wait', async (t) => {
  const { world, job } = await scene(ONE);
  const append = () => Promise.reject(new TypeError('a fault of ours'));
  const there = startProcess({ ...world, store: { ...world.store, append } });
  await t.throwsAsync(there.advance(job('a')), { instanceOf: TypeError });
});
