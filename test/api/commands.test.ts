import test from 'ava';
import type { CommandResult } from '#application/orchestration.ts';
import { isProblem } from '#test/api/support/problem.ts';
import { FAKE_EPOCH } from '#test/support/fake-workflow.ts';
import { NOBODY, startApi } from '#test/api/support/start-api.ts';

const FAILURE = {
  type: 'WorkflowFailed',
  errorCode: 'INTERNAL_ERROR',
  errorMessage: 'no luck',
  failedStepId: 'validate-order',
  retryable: false,
  compensationRequired: false,
  drainUntil: null,
} as const;

const BY = { by: 'api', reason: 'no reason given' };

const COMMANDS = [
  ['PUT', 'pause', undefined, 'pauseWorkflow', BY],
  ['PUT', 'resume', undefined, 'resumeWorkflow', BY],
  ['PUT', 'retry', undefined, 'retryWorkflow', BY],
  ['PUT', 'compensate', undefined, 'compensateWorkflow', BY],
  ['PUT', 'cancel', undefined, 'cancelWorkflow', { ...BY, compensate: false }],
  ['PUT', 'cancel', { compensate: true }, 'cancelWorkflow', { ...BY, compensate: true }],
  ['POST', 'steps/retry', { stepId: 's' }, 'retryStep', { ...BY, stepId: 's' }],
  ['POST', 'steps/skip', { stepId: 's' }, 'skipStep', { ...BY, stepId: 's' }],
  [
    'POST',
    'steps/execute',
    { stepId: 's', inputData: { sku: 'A' } },
    'executeStep',
    { ...BY, stepId: 's', inputData: { sku: 'A' } },
  ],
  [
    'POST',
    'steps/execute',
    { stepId: 's' },
    'executeStep',
    { ...BY, stepId: 's', inputData: null },
  ],
] as const;

for (const [method, path, body, command, expected] of COMMANDS) {
  const title = `${method} ${path}${body ? ` ${JSON.stringify(body)}` : ''}`;

  test(`${title} reaches the engine and answers with the workflow as it is then`, async (t) => {
    const api = await startApi(t);
    const id = api.fake.begin();
    const asked: unknown[] = [];
    const state = await api.fake.getWorkflowById(id);
    if (state === null) return t.fail();
    api.fake[command] = async (...question: unknown[]): Promise<CommandResult> => {
      asked.push(question);
      return { kind: 'done', state };
    };
    const answer = await api.call(method, `/workflows/${id}/${path}`, body ? { body } : {});
    t.is(answer.status, 200);
    t.is(answer.json['id'], id);
    t.deepEqual(asked, [[id, expected]]);
  });

  test(`${title} for an unknown workflow is a 404`, async (t) => {
    const api = await startApi(t);
    const answer = await api.call(method, `/workflows/${NOBODY}/${path}`, body ? { body } : {});
    isProblem(t, answer, {
      status: 404,
      error: 'RESOURCE_NOT_FOUND',
      title: 'Not found',
      message: `There is no workflow ${NOBODY}`,
      path: `/api/v1/workflows/${NOBODY}/${path}`,
    });
  });
}

test('an illegal command is a 409 that names the state and the allowed commands', async (t) => {
  const api = await startApi(t);
  const id = api.fake.begin();
  isProblem(t, await api.call('PUT', `/workflows/${id}/resume`), {
    status: 409,
    error: 'ILLEGAL_STATE',
    title: 'Not allowed in this state',
    message: 'not allowed: the workflow is EXECUTING; allowed commands: cancel',
    path: `/api/v1/workflows/${id}/resume`,
    extensions: { workflowStatus: 'EXECUTING', allowedCommands: ['cancel'] },
  });
});

test('the reason is taken from the body, else from the query', async (t) => {
  const api = await startApi(t);
  for (const [query, body, reason] of [
    ['?reason=from+query', undefined, 'from query'],
    ['?reason=from+query', { reason: 'from body' }, 'from body'],
    ['', { reason: 'from body' }, 'from body'],
  ] as const) {
    const id = api.fake.begin();
    await api.call('PUT', `/workflows/${id}/cancel${query}`, body ? { body } : {});
    const history = await api.fake.getWorkflowHistory(id);
    t.like(history?.at(-1)?.event, { type: 'WorkflowCancelled', reason });
  }
});

test('the operator is named by X-Operator', async (t) => {
  const api = await startApi(t);
  const id = api.fake.begin();
  await api.call('PUT', `/workflows/${id}/pause`, { headers: { 'X-Operator': 'Mia (shift 2)' } });
  const history = await api.fake.getWorkflowHistory(id);
  t.like(history?.at(-1)?.event, { type: 'WorkflowPaused', pausedBy: 'Mia (shift 2)' });
});

test('an operator whose name does not fit a header is refused', async (t) => {
  const api = await startApi(t);
  const id = api.fake.begin();
  for (const name of ['', 'x'.repeat(101), 'Müller']) {
    const { status, json } = await api.call('PUT', `/workflows/${id}/pause`, {
      headers: { 'X-Operator': name },
    });
    t.is(status, 400);
    t.like(json['validationErrors'], [{ field: 'x-operator' }]);
  }
});

for (const [path, body, field, message] of [
  ['cancel', { compensat: true }, 'compensat', 'is not known here'],
  ['cancel', { compensate: 'true' }, 'compensate', 'must be of type boolean'],
  ['cancel', { reason: 'a\u0000b' }, 'reason', 'must not hold control characters'],
  ['pause', { reason: 'x'.repeat(501) }, 'reason', 'must not be longer than 500 characters'],
  ['pause', [], 'body', 'must be of type object'],
  ['pause', null, 'body', 'must be of type object'],
  ['waveless', { batchSize: 21 }, 'batchSize', 'must be at most 20'],
  ['waveless', { batchSize: 0 }, 'batchSize', 'must be at least 1'],
  ['waveless', { batchSize: 1.5 }, 'batchSize', 'must be a whole number'],
  ['waveless', { processingIntervalMs: 99 }, 'processingIntervalMs', 'must be at least 100'],
] as const) {
  test(`PUT ${path} ${JSON.stringify(body).slice(0, 40)} is refused`, async (t) => {
    const api = await startApi(t);
    const id = api.fake.begin();
    const { status, json } = await api.call('PUT', `/workflows/${id}/${path}`, { body });
    t.is(status, 400);
    t.deepEqual(json['validationErrors'], [{ field, message }]);
    t.is((await api.fake.getWorkflowById(id))?.status, 'EXECUTING');
  });
}

test('a step command without a body, or without its step, is refused', async (t) => {
  const api = await startApi(t);
  const path = `/workflows/${api.fake.begin()}/steps/skip`;
  t.deepEqual((await api.call('POST', path)).json['validationErrors'], [
    { field: 'body', message: 'is required' },
  ]);
  t.deepEqual((await api.call('POST', path, { body: {} })).json['validationErrors'], [
    { field: 'stepId', message: 'is required' },
  ]);
});

test('a workflow shows why it failed, and what may be done about it', async (t) => {
  const api = await startApi(t);
  const id = api.fake.begin();
  api.fake.record(id, FAILURE);
  const { json } = await api.call('GET', `/workflows/${id}`);
  t.like(json, {
    status: 'FAILED',
    failure: { code: 'INTERNAL_ERROR', message: 'no luck', stepId: 'validate-order' },
  });
  t.true(JSON.stringify(json['allowedCommands']).includes('retry'));
});

test('a rebalancing tells what it did', async (t) => {
  const api = await startApi(t);
  const figures = {
    previousUtilization: 0.9,
    currentUtilization: 0.7,
    targetUtilization: 0.85,
    workflowsRebalanced: 12,
    serviceLoads: { 'picking-service': 70 },
    reason: 'asked for by an operator',
  };
  api.fake.rebalanceSystemLoad = async () => ({
    kind: 'done',
    rebalance: { ...figures, at: FAKE_EPOCH, requestIds: ['r'] },
  });
  const { status, json } = await api.call('POST', '/workflows/rebalance');
  t.is(status, 200);
  t.deepEqual(json, { ...figures, at: new Date(FAKE_EPOCH).toISOString() });
});

test('a rebalancing that no monitor answers is a 503 that says what to do', async (t) => {
  const api = await startApi(t);
  isProblem(t, await api.call('POST', '/workflows/rebalance'), {
    status: 503,
    error: 'SERVICE_UNAVAILABLE',
    title: 'Unavailable for now',
    message: 'nobody rebalances: start a monitor (npm run monitor) and see that Redis is up',
    path: '/api/v1/workflows/rebalance',
  });
});

test('a rebalancing aims at 0 to 1', async (t) => {
  const api = await startApi(t);
  const asked: (number | null)[] = [];
  const { rebalanceSystemLoad } = api.fake;
  api.fake.rebalanceSystemLoad = (target) => {
    asked.push(target);
    return rebalanceSystemLoad(target);
  };
  for (const target of ['0', '1', '0.5']) {
    const { status } = await api.call('POST', `/workflows/rebalance?targetUtilization=${target}`);
    t.is(status, 503);
  }
  t.deepEqual(asked, [0, 1, 0.5]);
  for (const target of ['-0.1', '1.1', '70%25', 'NaN', '']) {
    const { status } = await api.call('POST', `/workflows/rebalance?targetUtilization=${target}`);
    t.is(status, 400, target);
  }
});

test('PUT waveless says how fast the lane of a workflow may be released', async (t) => {
  const api = await startApi(t);
  const id = api.fake.begin();
  const body = { batchSize: 20, processingIntervalMs: 100 };
  t.is((await api.call('PUT', `/workflows/${id}/waveless`, { body })).status, 200);
  t.like(await api.fake.getWorkflowById(id), { waveless: true, pace: body });
  t.is((await api.call('PUT', `/workflows/${id}/waveless`)).status, 200);
  t.like(await api.fake.getWorkflowById(id), {
    pace: { batchSize: null, processingIntervalMs: null },
  });
  t.is((await api.call('PUT', `/workflows/${NOBODY}/waveless`)).status, 404);
});
