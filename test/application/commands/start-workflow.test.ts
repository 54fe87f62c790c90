import test from 'ava';
import { IDEMPOTENCY_TTL_MS } from '#application/commands/start-workflow.ts';
import type { StartWorkflowRequest } from '#application/orchestration.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import { authoredOf } from '#test/support/authored-of.ts';
import { call, definitionOf } from '#test/support/domain-definitions.ts';
import {
  createEngineWorld,
  requestFor,
  startProcess,
  type EngineWorld,
} from '#test/support/engine-process.ts';

const DEFINITION = definitionOf([call('a'), call('b', ['a'])], { timeoutMs: 60_000 });

async function running(world: EngineWorld = createEngineWorld(), definition = DEFINITION) {
  const process = startProcess(world);
  await process.orchestration.saveDefinition(authoredOf(definition));
  return { ...process.orchestration, world };
}

/** A start under a key. The fingerprint stands for the body. */
function keyed(key: string, fingerprint: string): Partial<StartWorkflowRequest> {
  const render: NonNullable<StartWorkflowRequest['idempotency']>['render'] = (state) => ({
    id: state.workflowId,
    status: state.status,
  });
  return { idempotency: { key, fingerprint, render } };
}

test('a started workflow is durable, with all that was asked for', async (t) => {
  const { startWorkflow, getWorkflowById } = await running();
  const request = requestFor(DEFINITION, {
    inputParameters: { orderId: 'o-1' },
    metadata: { shop: 's' },
    priority: 'HIGH',
    correlationId: 'c-1',
    maxRetries: 1,
    callbackUrl: 'http://shop.test/done',
  });
  const result = await startWorkflow(request);
  if (result.kind !== 'started') return t.fail(result.kind);
  const { state } = result;
  t.like(state, {
    status: 'EXECUTING',
    definitionId: 'tested',
    definitionVersion: 1,
    workflowName: 'tested',
    input: { orderId: 'o-1' },
    metadata: { shop: 's' },
    priority: 'HIGH',
    correlationId: 'c-1',
    maxRetries: 1,
    callbackUrl: 'http://shop.test/done',
    timeoutMs: 60_000,
  });
  t.deepEqual(await getWorkflowById(state.workflowId), state);
});

test('its first step is handed to the queue at once', async (t) => {
  const { startWorkflow, world } = await running();
  await startWorkflow(requestFor(DEFINITION));
  t.deepEqual(
    world.queue.chains.map(({ jobs }) => jobs.map(({ stepId }) => stepId)),
    [['a']],
  );
});

test('a queue that is away keeps nobody from starting', async (t) => {
  const { startWorkflow, world } = await running();
  world.queue.goAway(true);
  t.is((await startWorkflow(requestFor(DEFINITION))).kind, 'started');
});

test('a timeout of its own takes the place of the definition’s', async (t) => {
  const { startWorkflow, world } = await running();
  const result = await startWorkflow(requestFor(DEFINITION, { timeoutMs: 5000 }));
  t.is(result.kind === 'started' && result.state.deadlineAt, world.clock.now() + 5000);
});

test('an id means its newest version, id@version that one', async (t) => {
  const { startWorkflow, saveDefinition } = await running();
  await saveDefinition(authoredOf({ ...DEFINITION, version: 2 }));
  const versionOf = async (workflowDefinitionId: string) => {
    const result = await startWorkflow(requestFor(DEFINITION, { workflowDefinitionId }));
    return result.kind === 'started' ? result.state.definitionVersion : result.kind;
  };
  t.is(await versionOf('tested'), 2);
  t.is(await versionOf('tested@1'), 1);
});

const NO_SUCH_DEFINITION = ['nobody', 'tested@9', 'tested@0', 'tested@x', 'tested@1@1', '', '@1'];
for (const reference of NO_SUCH_DEFINITION) {
  test(`'${reference}' is no definition to start`, async (t) => {
    const { startWorkflow, world } = await running();
    const result = await startWorkflow(requestFor(DEFINITION, { workflowDefinitionId: reference }));
    t.is(result.kind === 'invalid' && result.problems[0]?.field, 'workflowDefinitionId');
    t.is(await world.store.feedEnd(), null);
  });
}

test('nothing starts on a retired version; running workflows keep it, and the id means the one before', async (t) => {
  const { startWorkflow, saveDefinition, retireDefinition, pauseWorkflow } = await running();
  await saveDefinition(authoredOf({ ...DEFINITION, version: 2 }));
  const before = await startWorkflow(requestFor(DEFINITION));
  await retireDefinition('tested', 2);
  const pinned = requestFor(DEFINITION, { workflowDefinitionId: 'tested@2' });
  const refused = await startWorkflow(pinned);
  t.regex((refused.kind === 'invalid' && refused.problems[0]?.message) || '', /is retired/);
  const next = await startWorkflow(requestFor(DEFINITION));
  t.is(next.kind === 'started' && next.state.definitionVersion, 1);
  if (before.kind !== 'started') return t.fail(before.kind);
  const by = { by: 'ann', reason: 'lunch' };
  t.is((await pauseWorkflow(before.state.workflowId, by)).kind, 'done');
});

test('all that is wrong with a request is said at once', async (t) => {
  const inputSchema = { type: 'object', required: ['orderId'] };
  const definition = definitionOf([call('a')], { inputSchema, workflowType: 'RECEIVING' });
  const { startWorkflow } = await running(createEngineWorld(), definition);
  const result = await startWorkflow(
    requestFor(definition, { workflowType: 'SHIPPING', enableWaveless: true }),
  );
  t.deepEqual(result.kind === 'invalid' && result.problems.map(({ field }) => field), [
    'workflowType',
    'enableWaveless',
    'inputParameters.orderId',
  ]);
});

test('the same start under the same key gives the first answer, whatever has happened since', async (t) => {
  const { startWorkflow, retireDefinition, cancelWorkflow, world } = await running();
  const request = requestFor(DEFINITION, keyed('k', 'body'));
  const first = await startWorkflow(request);
  if (first.kind !== 'started') return t.fail(first.kind);
  const { workflowId } = first.state;
  await cancelWorkflow(workflowId, { by: 'ann', reason: 'no', compensate: false });
  await retireDefinition('tested', 1);
  world.clock.move(IDEMPOTENCY_TTL_MS - 1);
  const response = { id: workflowId, status: 'EXECUTING' };
  t.deepEqual(await startWorkflow(request), { kind: 'repeated', workflowId, response });
  t.is((await world.store.list({}, null, 10)).length, 1);
});

test('another start under the same key is refused', async (t) => {
  const { startWorkflow } = await running();
  const first = await startWorkflow(requestFor(DEFINITION, keyed('k', 'body')));
  if (first.kind !== 'started') return t.fail(first.kind);
  const { workflowId } = first.state;
  const second = await startWorkflow(requestFor(DEFINITION, keyed('k', 'other body')));
  t.deepEqual(second, { kind: 'key-reused', workflowId });
});

test('a key is forgotten when its time is over', async (t) => {
  const { startWorkflow, world } = await running();
  const first = await startWorkflow(requestFor(DEFINITION, keyed('k', 'body')));
  world.clock.move(IDEMPOTENCY_TTL_MS);
  const second = await startWorkflow(requestFor(DEFINITION, keyed('k', 'body')));
  t.deepEqual([first.kind, second.kind], ['started', 'started']);
});

test('fifty starts at once under one key, of two bodies, in two processes: one workflow', async (t) => {
  const world = createEngineWorld();
  const [here, there] = [await running(world), await running(world)];
  const results = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      (n % 2 === 0 ? here : there).startWorkflow(
        requestFor(DEFINITION, keyed('k', n < 25 ? 'body' : 'other body')),
      ),
    ),
  );
  const kinds = results.map(({ kind }) => kind);
  t.is(kinds.filter((kind) => kind === 'started').length, 1);
  t.is(kinds.filter((kind) => kind === 'repeated').length, 24);
  t.is(kinds.filter((kind) => kind === 'key-reused').length, 25);
  const heads = await world.store.list({}, null, 100);
  t.is(heads.length, 1);
  for (const result of results) {
    if (result.kind === 'repeated')
      t.true(heads.some(({ workflowId }) => workflowId === result.workflowId));
  }
});

test('a key is not used up by a request that was refused', async (t) => {
  const { startWorkflow } = await running();
  const wrong = requestFor(DEFINITION, { ...keyed('k', 'body'), workflowType: 'SHIPPING' });
  t.is((await startWorkflow(wrong)).kind, 'invalid');
  t.is((await startWorkflow(requestFor(DEFINITION, keyed('k', 'right')))).kind, 'started');
});

test('while the store can not write, nothing is said to have started', async (t) => {
  const world = createEngineWorld();
  const append = () => Promise.reject(new StoreUnavailableError('the disk is full'));
  const { startWorkflow } = await running({ ...world, store: { ...world.store, append } });
  const request = requestFor(DEFINITION, keyed('k', 'body'));
  await t.throwsAsync(startWorkflow(request), { instanceOf: StoreUnavailableError });
  t.deepEqual(world.queue.chains, []);
  const again = await (await running(world)).startWorkflow(request);
  t.is(again.kind, 'started');
});

test('an id generator that repeats itself is an error, not a second start', async (t) => {
  const world = createEngineWorld();
  const append = async () => ({ kind: 'conflict' }) as const;
  const { startWorkflow } = await running({ ...world, store: { ...world.store, append } });
  await t.throwsAsync(startWorkflow(requestFor(DEFINITION)), { message: /is taken/ });
});
