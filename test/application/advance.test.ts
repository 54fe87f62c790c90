import test, { type ExecutionContext } from 'ava';
import { MAX_STALLS } from '#application/advance.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import { RETRY_POLICIES } from '#domain/policy/retry.ts';
import { cancel, compensate, pause } from '#test/support/domain-commands.ts';
import { call, definitionOf, NO_RETRY, wait } from '#test/support/domain-definitions.ts';
import {
  begin,
  createEngineWorld,
  deliver,
  startProcess,
  work,
  type EngineProcess,
} from '#test/support/engine-process.ts';
import { answered, LOST, replied, UNREACHABLE } from '#test/support/scripted-services.ts';

const ONE = definitionOf([call('a')]);
const TWO = definitionOf([call('a'), call('b', ['a'])]);

async function scene(definition: WorkflowDefinition = TWO) {
  const world = createEngineWorld();
  const process = startProcess(world);
  const id = await begin(process, definition);
  const job = (stepId: string, dispatch = 1) => ({ workflowId: id, stepId, dispatch });
  const operations = () => world.services.calls.map(({ operation }) => operation);
  return { ...world, world, process, id, job, operations };
}

async function isStep(
  t: ExecutionContext,
  { workflows }: EngineProcess,
  id: string,
  stepId: string,
  expected: object,
): Promise<void> {
  t.like((await workflows.load(id, { fresh: true }))?.steps.get(stepId), expected);
}

test('a due step is called once and its answer recorded', async (t) => {
  const { process, id, job, services, clock } = await scene();
  services.script('do-a', () => {
    clock.move(250);
    return replied({ stock: 7 });
  });
  const startedAt = clock.now();
  t.deepEqual(await process.advance(job('a')), { kind: 'done' });
  await isStep(t, process, id, 'a', {
    status: 'COMPLETED',
    output: { stock: 7 },
    startedAt,
    completedAt: startedAt + 250,
  });
});

test('a workflow runs from its first job to its last', async (t) => {
  const { world, process, id, operations } = await scene();
  await work(world, process);
  t.is((await process.workflows.load(id))?.status, 'COMPLETED');
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
    const { process, id, job, operations } = await scene();
    const before = await process.workflows.load(id);
    t.deepEqual(await process.advance(job(stepId, dispatch)), { kind: 'done' });
    t.deepEqual(operations(), []);
    t.deepEqual(await process.workflows.load(id, { fresh: true }), before);
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
  await Promise.all([process.advance(job('a')), other.advance(job('a'), 1)]);
  t.is(services.calls.length, 2);
  t.is(new Set(services.calls.map(({ idempotencyKey }) => idempotencyKey)).size, 1);
  const log = await store.readLog(id, 0);
  t.is(log.filter(({ event }) => event.type === 'WorkflowStepExecuted').length, 1);
});

test('a process that has not heard of the latest still does what is due', async (t) => {
  const { world, process, id, job, operations } = await scene();
  const other = startProcess(world);
  await other.workflows.load(id);
  await process.advance(job('a'));
  // what the other process has in its cache is that b must wait for a
  await other.advance(job('b'));
  t.deepEqual(operations(), ['do-a', 'do-b']);
  t.is((await process.workflows.load(id, { fresh: true }))?.status, 'COMPLETED');
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
  const { process, id, job, services } = await scene();
  services.script('do-a', async () => {
    await process.workflows.handle(id, pause);
    return replied();
  });
  await process.advance(job('a'));
  await isStep(t, process, id, 'a', { status: 'COMPLETED' });
  t.is((await process.workflows.load(id))?.status, 'PAUSED');
});

test('the result of a call that comes after the end changes nothing', async (t) => {
  const { process, id, job, services } = await scene();
  services.script('do-a', async () => {
    await process.workflows.handle(id, cancel);
    return replied();
  });
  t.deepEqual(await process.advance(job('a')), { kind: 'done' });
  t.is((await process.workflows.load(id))?.status, 'CANCELLED');
});

test('an attempt that may be repeated is, when its policy says', async (t) => {
  const { world, process, id, job, services, clock } = await scene(
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
  t.is((await process.workflows.load(id))?.status, 'FAILED');
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
  const { process, id, job, services, clock } = await scene();
  const until = clock.now() + 60_000;
  services.script('do-a', { kind: 'parked', untilMs: until, reason: 'open' });
  const before = await process.workflows.load(id);
  t.deepEqual(await process.advance(job('a')), { kind: 'parked', until });
  t.deepEqual(await process.workflows.load(id, { fresh: true }), before);
});

test('a wait that is over ends with its job; one that comes early is told when', async (t) => {
  const { process, id, job, clock, operations } = await scene(
    definitionOf([wait('w', [], { durationMs: 5000 })]),
  );
  const dueAt = clock.now() + 5000;
  t.deepEqual(await process.advance(job('w')), { kind: 'not-before', at: dueAt });
  clock.move(5000);
  t.deepEqual(await process.advance(job('w')), { kind: 'done' });
  t.is((await process.workflows.load(id))?.status, 'COMPLETED');
  t.deepEqual(operations(), []);
});

test('a job that comes after the deadline fails the workflow instead of calling', async (t) => {
  const { process, id, job, clock, operations } = await scene();
  clock.move(TWO.timeoutMs);
  await process.advance(job('a'));
  t.like(await process.workflows.load(id), { failure: { code: 'TIMEOUT' } });
  t.deepEqual(operations(), []);
});

test('a step over which workers keep dying is given up, its effect unknown', async (t) => {
  const { process, id, job, operations, logger } = await scene(ONE);
  await process.advance(job('a'), MAX_STALLS);
  t.deepEqual(operations(), []);
  t.like(await process.workflows.load(id), { status: 'COMPENSATING' });
  const log = await process.orchestration.getWorkflowHistory(id);
  t.like(
    log?.map(({ event }) => event).find(({ type }) => type === 'WorkflowStepFailed'),
    { errorCode: 'INTERNAL_ERROR', outcome: 'unknown', nextRetryAt: null },
  );
  t.is(logger.lines.at(-1)?.level, 'error');
});

test('one death less, and it is tried once more', async (t) => {
  const { process, id, job, operations } = await scene(ONE);
  await process.advance(job('a'), MAX_STALLS - 1);
  t.deepEqual(operations(), ['do-a']);
  t.is((await process.workflows.load(id))?.status, 'COMPLETED');
});

test('an undo over which workers keep dying is given up: an operator decides', async (t) => {
  const { world, process, id } = await scene();
  const undo = await failAfterA(world, process);
  await process.advance(undo, MAX_STALLS);
  t.like(await process.workflows.load(id), {
    status: 'FAILED',
    failure: { code: 'COMPENSATION_FAILED' },
  });
  t.false(world.services.calls.some(({ operation }) => operation === 'undo-a'));
  // and may have it tried again
  await process.workflows.handle(id, compensate);
  await work(world, process);
  t.is((await process.workflows.load(id))?.status, 'COMPENSATED');
});

/** Step a succeeds, b is refused. @returns the job of the undo */
async function failAfterA(
  world: Awaited<ReturnType<typeof scene>>['world'],
  process: EngineProcess,
) {
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
    const { process, id, job, services } = await scene(
      definitionOf([call('a', [], { retry: NO_RETRY })]),
    );
    services.script('do-a', refusal);
    await process.advance(job('a'), 1);
    await isStep(t, process, id, 'a', { outcome: 'unknown' });
    t.is((await process.workflows.load(id))?.status, 'COMPENSATING');
  }
});

test('an answer that says no under the same key is the answer that the dead worker had', async (t) => {
  const failWhen = { equals: [{ $from: '/reply/ok' }, false] } as const;
  const { process, id, job, services } = await scene(definitionOf([call('a', [], { failWhen })]));
  services.script('do-a', replied({ ok: false }));
  await process.advance(job('a'), 1);
  await isStep(t, process, id, 'a', { outcome: 'not-applied' });
});

test('a lost answer stays an unknown outcome, whatever later attempts are told', async (t) => {
  const { process, id, job, services, clock } = await scene(ONE);
  services.script('do-a', LOST, answered(503), answered(422));
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await process.advance(job('a'));
    clock.move(10_000);
  }
  await isStep(t, process, id, 'a', { outcome: 'unknown' });
  t.is((await process.workflows.load(id))?.status, 'COMPENSATING');
});

test('a result that can not be committed is an error; the job may be brought again', async (t) => {
  const { world, process, id, job } = await scene(ONE);
  let full = true;
  const store = {
    ...world.store,
    append: (commit: Parameters<typeof world.store.append>[0]) =>
      full ? Promise.reject(new StoreUnavailableError('full')) : world.store.append(commit),
  };
  const there = startProcess({ ...world, store });
  await t.throwsAsync(there.advance(job('a')), { instanceOf: StoreUnavailableError });
  full = false;
  await there.advance(job('a'));
  t.is((await process.workflows.load(id, { fresh: true }))?.status, 'COMPLETED');
  t.is(new Set(world.services.calls.map(({ idempotencyKey }) => idempotencyKey)).size, 1);
});
