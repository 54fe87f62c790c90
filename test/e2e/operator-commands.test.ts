import test from 'ava';
import { awaitStatus, awaitStep, stepOf } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { loadBody, loadDefinition } from '#test/support/processes/start-bodies.ts';

const engine = engineForFile(test, {
  definitions: [
    loadDefinition('e2e-load'),
    loadDefinition('e2e-load-pause', { onFailure: 'pause' }),
    loadDefinition('e2e-load-fail', { onFailure: 'fail' }),
  ],
});

test('pause lets the running call finish and begins nothing; resume goes on to the end', async (t) => {
  const { api } = engine();
  const id = await startSlow('e2e-load', 'assign-carrier');
  await awaitStep(api, id, 'assign-carrier', 'EXECUTING');
  const paused = await api.command(id, 'pause', { reason: 'stocktaking' });
  t.is(paused.status, 'PAUSED');

  const finished = await awaitStep(api, id, 'assign-carrier', 'COMPLETED');
  t.is(finished.status, 'PAUSED', 'the call is recorded while paused');
  t.is(stepOf(finished, 'tender-load').status, 'PENDING');
  t.truthy(stepOf(finished, 'assign-carrier').outputData);

  t.is((await api.command(id, 'resume')).status, 'EXECUTING');
  await awaitStatus(api, id, 'COMPLETED');
});

test('cancel ends a workflow and leaves what was done', async (t) => {
  const { api, simulator } = engine();
  const id = await startSlow('e2e-load', 'tender-load');
  await awaitStep(api, id, 'tender-load', 'EXECUTING');
  const cancelled = await api.command(id, 'cancel', { reason: 'not wanted' });

  t.is(cancelled.status, 'CANCELLED');
  t.false((await simulator.ledger(id)).some(({ kind }) => kind === 'undo'));
});

test('cancel with compensation undoes what was done, the call under way included', async (t) => {
  const { api, simulator } = engine();
  const id = await startSlow('e2e-load', 'tender-load');
  await awaitStep(api, id, 'tender-load', 'EXECUTING');
  await api.command(id, 'cancel', { reason: 'not wanted', compensate: true });

  const workflow = await awaitStatus(api, id, 'COMPENSATED');
  t.regex(workflow.compensationReason ?? '', /not wanted/);
  const undone = (await simulator.ledger(id)).filter(({ kind }) => kind !== 'do');
  t.deepEqual(
    undone.map(({ stepId }) => stepId),
    ['tender-load', 'assign-carrier', 'create-load'],
  );
  t.true((await simulator.check([{ workflowId: id, status: 'COMPENSATED' }])).ok);
});

test('compensate undoes a running workflow: it fails first, by that reason', async (t) => {
  const { api, simulator } = engine();
  const id = await startSlow('e2e-load', 'assign-carrier');
  await awaitStep(api, id, 'assign-carrier', 'EXECUTING');
  await api.command(id, 'compensate', { reason: 'wrong truck' });

  const workflow = await awaitStatus(api, id, 'COMPENSATED');
  t.is(workflow.failure?.code, 'MANUAL_COMPENSATION');
  t.true((await simulator.check([{ workflowId: id, status: 'COMPENSATED' }])).ok);
});

test('retry goes on from the point of failure, and what was done is not done again', async (t) => {
  const { api, simulator } = engine();
  const body = loadBody('e2e-load-fail');
  const { correlationId } = body;
  await simulator.addScripts({
    correlationId,
    stepId: 'tender-load',
    attempts: [1],
    fault: { kind: 'business' },
  });
  const { id } = await api.start(body);
  const failed = await awaitStatus(api, id, 'FAILED');
  t.is(stepOf(failed, 'tender-load').status, 'FAILED');

  t.is((await api.command(id, 'retry')).retryCount, 1);
  await awaitStatus(api, id, 'COMPLETED');
  t.deepEqual(
    (await simulator.ledger(id)).map(({ stepId }) => stepId),
    ['create-load', 'assign-carrier', 'tender-load'],
  );
});

test('a workflow may be retried maxRetries times and no more', async (t) => {
  const { api, simulator } = engine();
  const body = { ...loadBody('e2e-load-fail'), maxRetries: 1 };
  const { correlationId } = body;
  await simulator.addScripts({ correlationId, stepId: 'tender-load', fault: { kind: 'business' } });
  const { id } = await api.start(body);
  await awaitStatus(api, id, 'FAILED');
  await api.command(id, 'retry');
  await awaitStatus(api, id, 'FAILED');

  const answer = await api.ask(`/workflows/${id}/retry`, { method: 'PUT' });
  t.is(answer.status, 409);
  t.like(answer.body, { workflowStatus: 'FAILED' });
  t.false((answer.body as { allowedCommands: string[] }).allowedCommands.includes('retry'));
});

test('execute repairs the failed step of a parked workflow with corrected input', async (t) => {
  const { api, simulator } = engine();
  const body = loadBody('e2e-load-pause');
  const { correlationId } = body;
  await simulator.addScripts({
    correlationId,
    stepId: 'assign-carrier',
    attempts: [1],
    fault: { kind: 'status', status: 422 },
  });
  const { id } = await api.start(body);
  const parked = await awaitStatus(api, id, 'PAUSED');
  t.like(stepOf(parked, 'assign-carrier'), { status: 'FAILED', errorCode: 'VALIDATION_ERROR' });
  const refused = await api.ask(`/workflows/${id}/resume`, { method: 'PUT' });
  t.is(refused.status, 409, 'a failed step must be repaired first');

  const loadId = stepOf(parked, 'create-load').outputData?.['loadId'];
  const repair = { stepId: 'assign-carrier', inputData: { loadId, carrier: 'UPS' } };
  const answer = await api.ask(`/workflows/${id}/steps/execute`, { method: 'POST', body: repair });
  t.is(answer.status, 200);
  const repaired = await awaitStep(api, id, 'assign-carrier', 'COMPLETED');
  t.is(stepOf(repaired, 'assign-carrier').outputData?.['carrier'], 'UPS');

  await api.command(id, 'resume');
  await awaitStatus(api, id, 'COMPLETED');
});

test('a command that is not allowed is a 409 that names state and commands, and changes nothing', async (t) => {
  const { api } = engine();
  const { id } = await api.start(loadBody('e2e-load'));
  const before = await awaitStatus(api, id, 'COMPLETED');

  for (const command of ['pause', 'resume', 'cancel', 'compensate', 'retry']) {
    const answer = await api.ask(`/workflows/${id}/${command}`, { method: 'PUT' });
    t.is(answer.status, 409, command);
    t.like(answer.body, { workflowStatus: 'COMPLETED', allowedCommands: [] }, command);
  }
  t.deepEqual(await api.get(id), before);
});

/** A workflow one step of which takes a second. */
async function startSlow(definitionId: string, stepId: string): Promise<string> {
  const { api, simulator } = engine();
  const body = loadBody(definitionId);
  const { correlationId } = body;
  await simulator.addScripts({ correlationId, stepId, fault: { kind: 'slow', delayMs: 1000 } });
  return (await api.start(body)).id;
}
