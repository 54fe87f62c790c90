import test from 'ava';
import type { SimulatorControl } from '../../scripts/processes/simulator-control.ts';
import { awaitStatus, awaitStep, stepOf } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { loadBody, loadDefinition, orderBody } from '#test/support/processes/start-bodies.ts';

const NEVER_OPEN = { consecutiveFailures: 1000, window: 1000, minimumCalls: 1000 };

/** Calls time out soon, so that tests of time-outs are short; and the faults of one test open no breaker for another. */
const engine = engineForFile(test, {
  services: { timeoutMs: 500, breaker: NEVER_OPEN },
  definitions: [loadDefinition('e2e-load')],
});

test('a refusal half-way undoes every effect, in the reverse order of their completion', async (t) => {
  const { api, simulator } = engine();
  const body = orderBody();
  const { correlationId } = body;
  const fault = { kind: 'status', status: 422 } as const;
  // the licence plate stands beside the label: slow, so that it is done first and the order is known
  await simulator.addScripts(
    { correlationId, stepId: 'generate-label', fault },
    { correlationId, stepId: 'create-shipment', fault: { kind: 'slow', delayMs: 300 } },
  );
  const { id } = await api.start(body);
  const workflow = await awaitStatus(api, id, 'COMPENSATED');

  t.like(workflow, { failure: { code: 'VALIDATION_ERROR', stepId: 'generate-label' } });
  t.like(stepOf(workflow, 'generate-label'), { status: 'FAILED', retryCount: 0 });
  const done = await effects(simulator, id, 'do');
  t.is(done.at(-1), 'create-shipment');
  t.deepEqual(await effects(simulator, id, 'undo'), done.toReversed());
  for (const stepId of done) t.is(stepOf(workflow, stepId).status, 'COMPENSATED', stepId);
  t.like(await simulator.check([{ workflowId: id, status: 'COMPENSATED' }]), { ok: true });
});

test('an order that is refused before it had any effect has FAILED, and nothing is undone', async (t) => {
  const { api, simulator } = engine();
  const body = orderBody();
  const { correlationId } = body;
  await simulator.addScripts({
    correlationId,
    stepId: 'reserve-inventory',
    fault: { kind: 'status', status: 422 },
  });
  const { id } = await api.start(body);
  const workflow = await awaitStatus(api, id, 'FAILED');

  t.like(workflow.failure, { code: 'VALIDATION_ERROR', stepId: 'reserve-inventory' });
  t.deepEqual(await simulator.ledger(id), []);
});

test('an order of which a 2xx says no is undone all the same: a part may have been done', async (t) => {
  const { api, simulator } = engine();
  const body = orderBody();
  const { correlationId } = body;
  await simulator.addScripts({
    correlationId,
    stepId: 'reserve-inventory',
    fault: { kind: 'business' },
  });
  const { id } = await api.start(body);
  const workflow = await awaitStatus(api, id, 'COMPENSATED');

  t.like(workflow.failure, { code: 'BUSINESS_RULE_VIOLATION', stepId: 'reserve-inventory' });
  t.is(stepOf(workflow, 'reserve-inventory').status, 'COMPENSATED');
  t.deepEqual(await effects(simulator, id, 'do'), []);
});

test('a call that times out after its effect is retried under the same name, and happens once', async (t) => {
  const { api, simulator } = engine();
  const body = loadBody('e2e-load');
  const { correlationId } = body;
  const fault = { kind: 'timeout', holdMs: 2000, applied: true } as const;
  await simulator.addScripts({ correlationId, stepId: 'assign-carrier', attempts: [1], fault });
  const { id } = await api.start(body);
  const workflow = await awaitStatus(api, id, 'COMPLETED');

  t.is(stepOf(workflow, 'assign-carrier').retryCount, 1);
  t.deepEqual(await effects(simulator, id, 'do'), ['create-load', 'assign-carrier', 'tender-load']);
});

for (const [lost, fault] of [
  ['timed out', { kind: 'timeout', holdMs: 1500, applied: true }],
  ['broke', { kind: 'reset', applied: true }],
] as const) {
  test(`an unknown outcome is undone too: the call ${lost} after its effect`, async (t) => {
    const { api, simulator } = engine();
    const body = loadBody('e2e-load');
    const { correlationId } = body;
    await simulator.addScripts({ correlationId, stepId: 'assign-carrier', fault });
    const { id } = await api.start(body);
    const workflow = await awaitStatus(api, id, 'COMPENSATED');

    t.is(stepOf(workflow, 'assign-carrier').retryCount, 2, 'as its policy allows');
    t.deepEqual(await effects(simulator, id, 'do'), ['create-load', 'assign-carrier']);
    t.deepEqual(await effects(simulator, id, 'undo'), ['assign-carrier', 'create-load']);
  });
}

test('the undo of an unknown outcome that needs the lost answer asks for it again', async (t) => {
  const { api, simulator } = engine();
  const body = loadBody('e2e-load');
  const { correlationId } = body;
  // deleteLoad needs the loadId, which only the answer holds
  const fault = { kind: 'reset', applied: true } as const;
  await simulator.addScripts({
    correlationId,
    stepId: 'create-load',
    attempts: [1, 2, 3],
    fault,
  });
  const { id } = await api.start(body);
  const workflow = await awaitStatus(api, id, 'COMPENSATED');

  t.is(stepOf(workflow, 'create-load').status, 'COMPENSATED');
  t.deepEqual(await effects(simulator, id, 'do'), ['create-load']);
  t.deepEqual(await effects(simulator, id, 'undo'), ['create-load']);
});

for (const form of ['html', 'truncated', 'oversized'] as const) {
  test(`a reply that is garbage (${form}) is a DATA_INTEGRITY_ERROR and undone`, async (t) => {
    const { api, simulator } = engine();
    const body = loadBody('e2e-load');
    const { correlationId } = body;
    const fault = { kind: 'garbage', form, applied: true } as const;
    await simulator.addScripts({ correlationId, stepId: 'tender-load', fault });
    const { id } = await api.start(body);
    const workflow = await awaitStatus(api, id, 'COMPENSATED');

    t.like(workflow.failure, { code: 'DATA_INTEGRITY_ERROR', stepId: 'tender-load' });
    t.is(stepOf(workflow, 'tender-load').retryCount, 0, 'no retry could help');
    const done = ['create-load', 'assign-carrier', 'tender-load'];
    t.deepEqual(await effects(simulator, id, 'do'), done);
    t.deepEqual(await effects(simulator, id, 'undo'), done.toReversed());
  });
}

test('an undo that fails for good leaves the workflow FAILED, and a retry goes on with what is left', async (t) => {
  const { api, simulator } = engine();
  const body = loadBody('e2e-load');
  const { correlationId } = body;
  await simulator.addScripts(
    { correlationId, stepId: 'tender-load', fault: { kind: 'business' } },
    {
      correlationId,
      stepId: 'create-load',
      on: 'undo',
      attempts: [1],
      fault: { kind: 'status', status: 409 },
    },
  );
  const { id } = await api.start(body);
  const failed = await awaitStatus(api, id, 'FAILED').then(async () =>
    awaitStep(api, id, 'assign-carrier', 'COMPENSATED'),
  );
  t.is(failed.failure?.code, 'COMPENSATION_FAILED');
  t.is(stepOf(failed, 'create-load').status, 'COMPLETED');

  await api.command(id, 'retry');
  await awaitStatus(api, id, 'COMPENSATED');
  t.deepEqual(await effects(simulator, id, 'undo'), ['assign-carrier', 'create-load']);
});

test('trouble that passes is retried and leaves no trace but the count', async (t) => {
  const { api, simulator } = engine();
  const body = loadBody('e2e-load');
  const { correlationId } = body;
  await simulator.addScripts(
    {
      correlationId,
      stepId: 'create-load',
      attempts: [1],
      fault: { kind: 'status', status: 503 },
    },
    { correlationId, stepId: 'create-load', attempts: [2], fault: { kind: 'reset' } },
  );
  const { id } = await api.start(body);
  const workflow = await awaitStatus(api, id, 'COMPLETED');

  t.like(stepOf(workflow, 'create-load'), { retryCount: 2, errorMessage: null });
  t.is((await effects(simulator, id, 'do')).length, 3);
});

async function effects(simulator: SimulatorControl, id: string, kind: 'do' | 'undo') {
  const entries = await simulator.ledger(id);
  return entries.filter((entry) => entry.kind === kind).map(({ stepId }) => stepId);
}
