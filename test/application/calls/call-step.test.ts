import test from 'ava';
import type { CallStep, WorkflowDefinition } from '#domain/definition/definition.ts';
import type { JsonObject } from '#domain/json.ts';
import { fails } from '#test/support/domain-commands.ts';
import { call, definitionOf, NO_RETRY } from '#test/support/domain-definitions.ts';
import {
  begin,
  createEngineWorld,
  SERVICE,
  startProcess,
  work,
} from '#test/support/engine-process.ts';
import { answered, LOST, replied } from '#test/support/scripted-services.ts';

/** Starts a workflow; its calls are made as jobs come. */
async function scene(definition: WorkflowDefinition, inputParameters: JsonObject = {}) {
  const world = createEngineWorld();
  const process = startProcess(world);
  const changes = { inputParameters, correlationId: 'c-1', metadata: { shop: 's' } };
  const id = await begin(process, definition, changes);
  const step = async (stepId: string) =>
    (await process.workflows.load(id, { fresh: true }))?.steps.get(stepId);
  return { world, process, id, step, services: world.services };
}

function only(extra: Partial<Omit<CallStep, 'kind'>>): WorkflowDefinition {
  return definitionOf([call('a', [], { retry: NO_RETRY, ...extra })], { onFailure: 'fail' });
}

test('a call says who asks for what, and carries the name of its effect', async (t) => {
  const http = { method: 'PUT', path: '/stock/{sku}' } as const;
  const definition = only({ http, input: { sku: { $from: '/input/sku' } }, timeoutMs: 700 });
  const { world, process, id, services } = await scene(definition, { sku: 's-1' });
  await work(world, process);
  t.deepEqual(services.calls, [
    {
      serviceName: SERVICE,
      operation: 'do-a',
      http,
      input: { sku: 's-1' },
      timeoutMs: 700,
      idempotencyKey: `${id}:a:do`,
      workflowId: id,
      stepId: 'a',
      correlationId: 'c-1',
      replyNeeded: true,
    },
  ]);
});

test('a step sees the input, what was answered before it, and the workflow itself', async (t) => {
  const definition = definitionOf([
    call('a'),
    call('b', ['a'], {
      input: {
        order: { $from: '/input/orderId' },
        wave: { $from: '/steps/a/output/waveId' },
        shop: { $from: '/context/metadata/shop' },
        missing: { $from: '/input/nothing', $default: 'none' },
      },
    }),
  ]);
  const { world, process, services } = await scene(definition, { orderId: 'o-1' });
  services.script('do-a', replied({ waveId: 'w-1' }));
  await work(world, process);
  t.deepEqual(services.calls[1]?.input, {
    order: 'o-1',
    wave: 'w-1',
    shop: 's',
    missing: 'none',
  });
});

test('a step whose input leads nowhere fails without a call, and names the pointers', async (t) => {
  const input = { x: { $from: '/input/nothing' }, y: { $from: '/input/nowhere' } };
  const { world, process, step, services } = await scene(only({ input }));
  await work(world, process);
  t.deepEqual(services.calls, []);
  t.like(await step('a'), {
    status: 'FAILED',
    outcome: 'not-applied',
    error: {
      code: 'VALIDATION_ERROR',
      message: 'no value and no default at /input/nothing, /input/nowhere',
    },
  });
});

test('a call that could not be made by any attempt had no effect, whoever died over it', async (t) => {
  const { process, id, step } = await scene(only({ input: { x: { $from: '/input/nothing' } } }));
  await process.advance({ workflowId: id, stepId: 'a', dispatch: 1 }, 1);
  t.is((await step('a'))?.outcome, 'not-applied');
});

test('an answer that meets failWhen is a failure, and no other attempt is made', async (t) => {
  const failWhen = { gt: [{ $from: '/reply/failed' }, { $from: '/input/tolerated' }] } as const;
  const definition = only({ failWhen, retry: { ...NO_RETRY, retries: 3 } });
  const { world, process, step, services } = await scene(definition, { tolerated: 1 });
  services.script('do-a', replied({ failed: 2 }));
  await work(world, process);
  t.is(services.calls.length, 1);
  t.like(await step('a'), {
    status: 'FAILED',
    outcome: 'unknown',
    output: null,
    error: { code: 'BUSINESS_RULE_VIOLATION' },
  });
});

test('what was done of a step before its answer said no is undone with the others', async (t) => {
  const failWhen = { gt: [{ $from: '/reply/failed' }, 0] } as const;
  const world = createEngineWorld();
  const process = startProcess(world);
  const id = await begin(process, definitionOf([call('a'), call('b', ['a'], { failWhen })]));
  world.services.script('do-b', replied({ allocated: 2, failed: 1 }));
  await work(world, process);
  const operations = world.services.calls.map(({ operation }) => operation);
  t.deepEqual(operations, ['do-a', 'do-b', 'undo-b', 'undo-a']);
  t.is((await process.workflows.load(id))?.status, 'COMPENSATED');
});

test('a step without an undo that answers no has done nothing, and a pivot is not passed by it', async (t) => {
  const failWhen = { equals: [{ $from: '/reply/ok' }, false] } as const;
  for (const isPivot of [false, true]) {
    const { world, process, step, services } = await scene(
      only({ failWhen, pivot: isPivot, compensation: { strategy: 'NONE' } }),
    );
    services.script('do-a', replied({ ok: false }));
    await work(world, process);
    t.like(await step('a'), { status: 'FAILED', outcome: 'not-applied' });
  }
});

test('an answer that does not meet failWhen is a success', async (t) => {
  const failWhen = { gt: [{ $from: '/reply/failed' }, 1] } as const;
  const { world, process, step, services } = await scene(only({ failWhen }));
  services.script('do-a', replied({ failed: 1 }));
  await work(world, process);
  t.like(await step('a'), { status: 'COMPLETED', output: { failed: 1 } });
});

test('a failure is recorded as the service’s answer has it', async (t) => {
  for (const [result, outcome] of [
    [answered(422), 'not-applied'],
    [LOST, 'unknown'],
  ] as const) {
    const { world, process, step, services } = await scene(only({}));
    services.script('do-a', result);
    await work(world, process);
    if (result.kind !== 'failed') return t.fail();
    const error = { code: result.errorType, message: result.message };
    t.like(await step('a'), { status: 'FAILED', outcome, error });
  }
});

test('corrected input stands in for the mapping in every attempt, under the same key', async (t) => {
  const definition = only({
    input: { x: { $from: '/input/nothing' } },
    retry: { ...NO_RETRY, retries: 1 },
  });
  const { world, process, id, step, services } = await scene(definition);
  await process.workflows.handle(id, fails('a'));
  await process.orchestration.executeStep(id, {
    by: 'ann',
    reason: 'typing error',
    stepId: 'a',
    inputData: { x: 'right' },
  });
  services.script('do-a', answered(503));
  await work(world, process);
  world.clock.move(1000);
  await work(world, process);
  t.deepEqual(
    services.calls.map(({ input, idempotencyKey }) => ({ input, idempotencyKey })),
    [1, 2].map(() => ({ input: { x: 'right' }, idempotencyKey: `${id}:a:do` })),
  );
  t.is((await step('a'))?.status, 'COMPLETED');
});

test('all attempts of a step, under all its dispatches, have one key', async (t) => {
  const { world, process, id, services } = await scene(
    only({ retry: { ...NO_RETRY, retries: 5 } }),
  );
  services.script('do-a', answered(503), LOST, answered(503));
  await work(world, process);
  for (let sweep = 0; sweep < 3; sweep += 1) {
    world.queue.loseAll();
    world.clock.move(20_000);
    await process.sweep();
    await work(world, process);
  }
  t.is((await process.workflows.load(id, { fresh: true }))?.status, 'COMPLETED');
  t.true((await process.workflows.load(id, { fresh: true }))?.lastDispatch === 4);
  t.deepEqual(
    [...new Set(services.calls.map(({ idempotencyKey }) => idempotencyKey))],
    [`${id}:a:do`],
  );
});
