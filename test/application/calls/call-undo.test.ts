import test, { type ExecutionContext } from 'ava';
import type { CallStep } from '#domain/definition/definition.ts';
import { RETRY_POLICIES } from '#domain/policy/retry.ts';
import type { WorkflowStatus } from '#domain/workflow/vocabulary.ts';
import { call, definitionOf, NO_RETRY, read } from '#test/support/domain-definitions.ts';
import {
  begin,
  createEngineWorld,
  SERVICE,
  startProcess,
  work,
} from '#test/support/engine-process.ts';
import {
  answered,
  LOST,
  NOT_IN_REGISTRY,
  replied,
  UNREACHABLE,
  type Scripted,
} from '#test/support/scripted-services.ts';

const UNDO = {
  strategy: 'DELETE_CREATED',
  operation: 'undo-a',
  http: { method: 'DELETE', path: '/stock/{id}' },
  input: { id: { $from: '/steps/a/output/id' } },
} as const;

/**
 * A workflow that must undo its step `a`: it was done (or its answer was lost), and then `b` was refused.
 * Ends when no job is ready any more.
 */
async function undoing({
  steps = {},
  done = replied({ id: 'x-1' }),
  undo = [],
}: {
  readonly steps?: Partial<Omit<CallStep, 'kind'>>;
  readonly done?: Scripted;
  readonly undo?: readonly Scripted[];
} = {}) {
  const world = createEngineWorld();
  const process = startProcess(world);
  const a = call('a', [], { retry: NO_RETRY, ...steps });
  const id = await begin(process, definitionOf([a, read('b', ['a'])]), { correlationId: 'c-1' });
  world.services.script('do-a', done);
  world.services.script('undo-a', ...undo);
  world.services.script('do-b', answered(422));
  await work(world, process);
  const undos = () => world.services.calls.filter(({ operation }) => operation === 'undo-a');
  return { world, process, id, undos };
}

type Undoing = Awaited<ReturnType<typeof undoing>>;

async function endsAs(t: ExecutionContext, { process, id }: Undoing, status: WorkflowStatus) {
  t.is((await process.workflows.load(id, { fresh: true }))?.status, status);
}

async function resolution({ process, id }: Undoing) {
  const log = (await process.orchestration.getWorkflowHistory(id)) ?? [];
  return log.flatMap(({ event }) => (event.type === 'StepCompensated' ? [event.resolution] : []));
}

test('an undo goes to the service of the step, with what the step answered and a key of its own', async (t) => {
  const scene = await undoing({ steps: { compensation: UNDO, timeoutMs: 700 } });
  t.deepEqual(scene.undos(), [
    {
      serviceName: SERVICE,
      operation: 'undo-a',
      http: UNDO.http,
      input: { id: 'x-1' },
      timeoutMs: 700,
      idempotencyKey: `${scene.id}:a:undo`,
      workflowId: scene.id,
      stepId: 'a',
      correlationId: 'c-1',
      replyNeeded: false,
    },
  ]);
  await endsAs(t, scene, 'COMPENSATED');
  t.deepEqual(await resolution(scene), ['undone']);
});

test('an undo that fails is tried again by the policy of its step, under the same key', async (t) => {
  const scene = await undoing({
    steps: { retry: RETRY_POLICIES.default },
    undo: [answered(503), LOST],
  });
  t.is(scene.undos().length, 1);
  for (const delayMs of [1000, 2000]) {
    scene.world.clock.move(delayMs);
    await work(scene.world, scene.process);
  }
  t.is(scene.undos().length, 3);
  t.is(new Set(scene.undos().map(({ idempotencyKey }) => idempotencyKey)).size, 1);
  await endsAs(t, scene, 'COMPENSATED');
});

test('an undo that is refused for good leaves the workflow to an operator', async (t) => {
  const scene = await undoing({ undo: [answered(409)] });
  await endsAs(t, scene, 'FAILED');
  t.like(await scene.process.workflows.load(scene.id), {
    failure: { code: 'COMPENSATION_FAILED' },
  });
});

test('an open breaker lets the undo wait, without an attempt', async (t) => {
  const until = createEngineWorld().clock.now() + 60_000;
  const scene = await undoing({ undo: [{ kind: 'parked', untilMs: until, reason: 'open' }] });
  await endsAs(t, scene, 'COMPENSATING');
  t.is(scene.undos().length, 1);
  scene.world.clock.move(60_000);
  await work(scene.world, scene.process);
  await endsAs(t, scene, 'COMPENSATED');
});

test('what was done and is not found is no undo', async (t) => {
  for (const absent of [404, 410])
    await endsAs(t, await undoing({ undo: [answered(absent)] }), 'FAILED');
});

test('what may never have been done and is not found needs no undo', async (t) => {
  for (const absent of [404, 410]) {
    const steps = { timeoutMs: 3000 };
    const scene = await undoing({ steps, done: LOST, undo: [answered(absent), answered(absent)] });
    await endsAs(t, scene, 'COMPENSATING');
    scene.world.clock.move(6000); // twice the time-out: the lost request can't be at work any more
    await work(scene.world, scene.process);
    await endsAs(t, scene, 'COMPENSATED');
    t.deepEqual(await resolution(scene), ['nothing-to-undo']);
  }
});

test('what is not found because the lost request is still at work is undone when it is there', async (t) => {
  const scene = await undoing({ done: LOST, undo: [answered(404), replied()] });
  scene.world.clock.move(60_000);
  await work(scene.world, scene.process);
  await endsAs(t, scene, 'COMPENSATED');
  t.deepEqual(await resolution(scene), ['undone']);
});

test('only the service itself can say that there is nothing to undo', async (t) => {
  for (const told of [NOT_IN_REGISTRY, answered(301), answered(401), answered(409)]) {
    await endsAs(t, await undoing({ done: LOST, undo: [told] }), 'FAILED');
  }
});

test('no connection is no word either: the undo is tried again', async (t) => {
  const steps = { retry: { ...NO_RETRY, retries: 1 } };
  const scene = await undoing({ steps, undo: [UNREACHABLE] });
  await endsAs(t, scene, 'COMPENSATING');
  scene.world.clock.move(1);
  await work(scene.world, scene.process);
  await endsAs(t, scene, 'COMPENSATED');
});

test('an undo that needs what its step never answered is left to an operator', async (t) => {
  const scene = await undoing({ steps: { compensation: UNDO }, done: replied({}) });
  await endsAs(t, scene, 'FAILED');
  t.deepEqual(scene.undos(), []);
  t.regex(
    (await scene.process.workflows.load(scene.id))?.failure?.message ?? '',
    /no value and no default at \/steps\/a\/output\/id/,
  );
});

test('an undo that needs something else that is missing is not helped by asking again', async (t) => {
  const compensation = { ...UNDO, input: { id: { $from: '/input/nothing' } } };
  const scene = await undoing({ steps: { compensation }, done: LOST });
  await endsAs(t, scene, 'FAILED');
  t.is(scene.world.services.calls.filter(({ operation }) => operation === 'do-a').length, 1);
});
