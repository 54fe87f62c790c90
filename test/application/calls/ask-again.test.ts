import test from 'ava';
import type { CallStep } from '#domain/definition/definition.ts';
import { call, definitionOf, NO_RETRY } from '#test/support/domain-definitions.ts';
import { begin, createEngineWorld, startProcess, work } from '#test/support/engine-process.ts';
import {
  answered,
  LOST,
  NOT_IN_REGISTRY,
  replied,
  UNREACHABLE,
  type Scripted,
} from '#test/support/scripted-services.ts';

/** The answer of step `a` is lost for good, and its undo needs the id that was in it. */
async function lost(again: readonly Scripted[], extra: Partial<Omit<CallStep, 'kind'>> = {}) {
  const world = createEngineWorld();
  const process = startProcess(world);
  const a = call('a', [], {
    retry: NO_RETRY,
    input: { sku: { $from: '/input/sku' } },
    compensation: {
      strategy: 'DELETE_CREATED',
      operation: 'undo-a',
      http: null,
      input: { id: { $from: '/steps/a/output/id' } },
    },
    ...extra,
  });
  const id = await begin(process, definitionOf([a]), { inputParameters: { sku: 's-1' } });
  world.services.script('do-a', LOST, ...again);
  await work(world, process);
  const operations = () => world.services.calls.map(({ operation }) => operation);
  const state = () => process.workflows.load(id, { fresh: true });
  const later = async (ms: number) => {
    world.clock.move(ms);
    await work(world, process);
  };
  return { world, process, id, operations, state, later };
}

const TIMEOUT_MS = 3000;
/** So long a lost request may be at work. */
const AT_WORK_MS = 2 * TIMEOUT_MS;

test('the call is made once more as it was, and its answer used for the undo', async (t) => {
  const { world, operations, state } = await lost([replied({ id: 'x-1' })]);
  t.deepEqual(operations(), ['do-a', 'do-a', 'undo-a']);
  const [first, again, undo] = world.services.calls;
  t.deepEqual(again, first);
  t.deepEqual(undo?.input, { id: 'x-1' });
  t.is((await state())?.status, 'COMPENSATED');
});

test('a service that refuses for good, and still does once the lost request is over, never had the effect', async (t) => {
  for (const refusal of [answered(422), answered(404), answered(409)]) {
    const scene = await lost([refusal, refusal], { timeoutMs: TIMEOUT_MS });
    t.is((await scene.state())?.status, 'COMPENSATING');
    await scene.later(AT_WORK_MS - 1);
    t.deepEqual(scene.operations(), ['do-a', 'do-a']);
    await scene.later(1);
    t.deepEqual(scene.operations(), ['do-a', 'do-a', 'do-a']);
    t.like(await scene.state(), { status: 'COMPENSATED' });
    const log = await scene.process.orchestration.getWorkflowHistory(scene.id);
    t.deepEqual(log?.find(({ event }) => event.type === 'StepOutcomeResolved')?.event, {
      type: 'StepOutcomeResolved',
      stepId: 'a',
      output: null,
    });
    t.false(log?.some(({ event }) => event.type === 'StepCompensationFailed'));
  }
});

test('a service that refuses only because the lost request is at work is asked again, and the effect undone', async (t) => {
  const { operations, state, later, world } = await lost([answered(409), replied({ id: 'x-1' })]);
  await later(60_000);
  t.deepEqual(operations(), ['do-a', 'do-a', 'do-a', 'undo-a']);
  t.deepEqual(world.services.calls.at(-1)?.input, { id: 'x-1' });
  t.is((await state())?.status, 'COMPENSATED');
});

test('an answer that says no (failWhen) and holds what the undo needs is undone', async (t) => {
  const failWhen = { gt: [{ $from: '/reply/failed' }, 0] } as const;
  const { world, operations, state } = await lost([replied({ failed: 1, id: 'x-2' })], {
    failWhen,
  });
  t.deepEqual(operations(), ['do-a', 'do-a', 'undo-a']);
  t.deepEqual(world.services.calls.at(-1)?.input, { id: 'x-2' });
  t.is((await state())?.status, 'COMPENSATED');
});

test('an answer that says no (failWhen) and names nothing to undo is a refusal too', async (t) => {
  const failWhen = { equals: [{ $from: '/reply/ok' }, false] } as const;
  const no = replied({ ok: false });
  const { operations, state, later } = await lost([no, no], { failWhen, timeoutMs: TIMEOUT_MS });
  await later(AT_WORK_MS);
  t.deepEqual(operations(), ['do-a', 'do-a', 'do-a']);
  t.is((await state())?.status, 'COMPENSATED');
});

test('whoever did not look at the call proves nothing: an operator must', async (t) => {
  for (const told of [
    answered(401),
    answered(403),
    answered(308),
    answered(302),
    NOT_IN_REGISTRY,
  ]) {
    const { operations, state } = await lost([told]);
    t.deepEqual(operations(), ['do-a', 'do-a']);
    t.like(await state(), { status: 'FAILED', failure: { code: 'COMPENSATION_FAILED' } });
  }
});

test('an answer that is lost again is asked for again, by the policy of the step', async (t) => {
  for (const trouble of [answered(503), UNREACHABLE, answered(500)]) {
    const retry = { ...NO_RETRY, retries: 2 };
    const { world, process, operations, state } = await lost(
      [LOST, LOST, trouble, LOST, replied({ id: 'x' })],
      {
        retry,
      },
    );
    for (let n = 0; n < 5; n += 1) {
      world.clock.move(1000);
      await work(world, process);
    }
    // three attempts of the step, three of asking again
    t.deepEqual(operations(), [...Array.from({ length: 6 }, () => 'do-a'), 'undo-a']);
    t.is((await state())?.status, 'COMPENSATED');
  }
});

test('a pause that the service asks for is kept', async (t) => {
  const retry = { ...NO_RETRY, retries: 1 };
  const { world, process, operations } = await lost([LOST, answered(429, 30_000)], { retry });
  world.clock.move(1000);
  await work(world, process);
  world.clock.move(29_999);
  await work(world, process);
  t.is(operations().length, 3);
  world.clock.move(1);
  await work(world, process);
  t.is(operations().length, 4);
});

test('an open breaker lets it wait, without an attempt', async (t) => {
  const until = createEngineWorld().clock.now() + 60_000;
  const { world, process, operations, state } = await lost([
    { kind: 'parked', untilMs: until, reason: 'open' },
    replied({ id: 'x' }),
  ]);
  t.is((await state())?.status, 'COMPENSATING');
  world.clock.move(60_000);
  await work(world, process);
  t.deepEqual(operations(), ['do-a', 'do-a', 'do-a', 'undo-a']);
  t.is((await state())?.status, 'COMPENSATED');
});

test('a call that can not be written down can not have been made: nothing is undone', async (t) => {
  const input = { sku: { $from: '/input/nothing' } };
  const world = createEngineWorld();
  const process = startProcess(world);
  const { compensation } = call('a');
  if (compensation.strategy === 'NONE') return t.fail();
  const undo = { ...compensation, input: { id: { $from: '/steps/a/output/id' } } };
  const id = await begin(process, definitionOf([call('a', [], { input, compensation: undo })]));
  // workers die over it before they find out
  await process.advance({ workflowId: id, stepId: 'a', dispatch: 1 }, 5);
  await work(world, process);
  t.deepEqual(world.services.calls, []);
  t.is((await process.workflows.load(id, { fresh: true }))?.status, 'COMPENSATED');
});

test('an answer without what the undo needs leaves it to an operator', async (t) => {
  const { operations, state } = await lost([replied({})]);
  t.deepEqual(operations(), ['do-a', 'do-a']);
  t.is((await state())?.status, 'FAILED');
});
