import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import type { WorkflowResponse } from '#api/schemas/workflow.ts';
import { startSimulator } from '#simulator/server.ts';
import { check } from '../../../scripts/demo/check.ts';
import { askJson } from '../../../scripts/processes/http-json.ts';
import { simulatorControl } from '../../../scripts/processes/simulator-control.ts';

/** A workflow with one effect at a real simulator, and an engine whose log tells of the completion of these steps. */
async function withOneEffect(t: ExecutionContext, completed: readonly string[] = []) {
  const simulator = await startSimulator();
  t.teardown(simulator.close);
  const id = randomUUID();
  const load = (stepId: string, kind: 'do' | 'undo') =>
    askJson(`${simulator.url}/transportation-management/loads${kind === 'undo' ? '/L-1' : ''}`, {
      method: kind === 'undo' ? 'DELETE' : 'POST',
      body: kind === 'undo' ? undefined : {},
      headers: { 'Idempotency-Key': `${id}:${stepId}:${kind}` },
    });
  await load('create-load', 'do');
  const api = { history: async () => ({ items: completed.map(executed) }) };
  return { id, load, control: { api, simulator: simulatorControl(simulator.url) } };
}

function executed(stepId: string, index: number) {
  return {
    eventId: randomUUID(),
    eventType: 'WorkflowStepExecuted',
    version: index + 1,
    occurredAt: new Date(0).toISOString(),
    type: null,
    data: { stepId },
  };
}

function workflow(id: string, changes: Partial<WorkflowResponse>): WorkflowResponse {
  const now = new Date(0).toISOString();
  return {
    id,
    workflowDefinitionId: 'd',
    workflowName: 'n',
    workflowType: 'SHIPPING',
    status: 'COMPLETED',
    priority: 'NORMAL',
    correlationId: null,
    inputParameters: {},
    outputParameters: null,
    steps: [],
    progressPercentage: 100,
    retryCount: 0,
    maxRetries: 3,
    startedAt: now,
    completedAt: now,
    executionDurationMs: 0,
    createdAt: now,
    updatedAt: now,
    workflowDefinitionVersion: 1,
    triggeredBy: 't',
    metadata: {},
    deadlineAt: null,
    failure: null,
    compensationReason: null,
    waiting: null,
    allowedCommands: [],
    ...changes,
  };
}

test('when all is well the ledger line says so, and nothing else', async (t) => {
  const { id, control } = await withOneEffect(t);
  t.deepEqual(await check(control, new Set([id]), [workflow(id, {})]), {
    ledgerLine: 'effects applied 1, duplicated 0, left undone 0',
    faults: [],
  });
});

test('an effect that is still there after compensation is a fault', async (t) => {
  const { id, control } = await withOneEffect(t);
  const verdict = await check(control, new Set([id]), [workflow(id, { status: 'COMPENSATED' })]);
  t.is(verdict.ledgerLine, 'effects applied 1, duplicated 0, left undone 1');
  t.regex(verdict.faults.join(), /left-undone/);
});

test('an undo that failed for good leaves something undone', async (t) => {
  const { id, control } = await withOneEffect(t);
  const failure = { code: 'COMPENSATION_FAILED', message: 'undo failed', stepId: null };
  const failed = workflow(id, { status: 'FAILED', failure });
  const verdict = await check(control, new Set([id]), [failed]);
  t.regex(verdict.ledgerLine, /left undone 1$/);
  t.is(verdict.faults.length, 1);
});

test('a workflow that has not ended, one that is gone and one too many are faults', async (t) => {
  const { id, control } = await withOneEffect(t);
  const running = workflow(id, { status: 'EXECUTING' });
  t.regex((await check(control, new Set([id]), [running])).faults.join(), /not ended/);
  const gone = new Set([id, randomUUID()]);
  t.regex((await check(control, gone, [workflow(id, {})])).faults.join(), /is gone/);
  t.regex((await check(control, new Set(), [workflow(id, {})])).faults.join(), /there are 1/);
});

test('effects of a workflow that the engine does not know are a fault', async (t) => {
  const { control } = await withOneEffect(t);
  t.regex((await check(control, new Set(), [])).faults.join(), /knows nothing of/);
});

test('steps side by side are to be undone against the order in which the engine learnt of them', async (t) => {
  for (const [completed, isFault] of [
    [['second-load', 'create-load'], false],
    [['create-load', 'second-load'], true],
  ] as const) {
    const { id, load, control } = await withOneEffect(t, completed);
    await load('second-load', 'do');
    await load('create-load', 'undo');
    await load('second-load', 'undo');
    const undone = workflow(id, { status: 'COMPENSATED' });
    const { faults } = await check(control, new Set([id]), [undone]);
    t.is(/undone-out-of-order/.test(faults.join()), isFault, completed.join());
  }
});
