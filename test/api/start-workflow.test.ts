import test from 'ava';
import { workflowSchema } from '#api/schemas/workflow.ts';
import type { StartWorkflowRequest } from '#application/orchestration.ts';
import { isProblem } from '#test/api/support/problem.ts';
import { START, startApi } from '#test/api/support/start-api.ts';

const PATH = '/api/v1/workflows';

test('a start is answered with 201, Location and the workflow', async (t) => {
  const api = await startApi(t);
  const { status, headers, json } = await api.call('POST', '/workflows', { body: START });
  t.is(status, 201);
  t.is(headers.get('location'), `${PATH}/${json['id']}`);
  t.is(headers.get('idempotent-replay'), null);
  t.notThrows(() => workflowSchema.parse(json));
  const again = await api.call('GET', `/workflows/${json['id']}`);
  // what it waits for is asked of the queues, which a start does not wait for
  t.deepEqual({ ...again.json, waiting: null }, json);
});

test('what a start does not say is filled in as SPEC 5 has it', async (t) => {
  const api = await startApi(t);
  const requests: StartWorkflowRequest[] = [];
  const { startWorkflow } = api.fake;
  api.fake.startWorkflow = (request) => {
    requests.push(request);
    return startWorkflow(request);
  };
  await api.call('POST', '/workflows', { body: START });
  t.deepEqual(requests, [
    {
      ...START,
      correlationId: null,
      inputParameters: {},
      enableWaveless: false,
      maxRetries: 3,
      timeoutMs: null,
      priority: 'NORMAL',
      callbackUrl: null,
      metadata: {},
      idempotency: null,
    },
  ]);
});

test('all faults of a start are told at once, each with its field', async (t) => {
  const api = await startApi(t);
  const answer = await api.call('POST', '/workflows', {
    body: {
      workflowName: '  ',
      workflowType: 'DANCING',
      triggeredBy: 'a\nb',
      correlationId: 'a\u0000',
      inputParameters: [1],
      enableWaveless: 'yes',
      maxRetries: 11,
      timeoutMs: 999,
      priority: 'URGENT',
      callbackUrl: 'javascript:alert(1)',
      metadata: { note: 'x'.repeat(65_536) },
      workflowNmae: 'typo',
    },
  });
  const types =
    'ORDER_FULFILLMENT, RECEIVING, PUTAWAY, PICKING, PACKING, SHIPPING, RETURNS_PROCESSING, INVENTORY_TRANSFER, CYCLE_COUNT, REPLENISHMENT, CROSS_DOCKING, WAVE_PROCESSING, WAVELESS_PROCESSING, QUALITY_CHECK, VALUE_ADDED_SERVICE';
  isProblem(t, answer, {
    status: 400,
    error: 'VALIDATION_ERROR',
    title: 'The request is not valid',
    message: `workflowDefinitionId: is required; workflowName: must not be blank; workflowType: must be one of ${types}; and 10 more`,
    path: PATH,
    validationErrors: [
      { field: 'workflowDefinitionId', message: 'is required' },
      { field: 'workflowName', message: 'must not be blank' },
      { field: 'workflowType', message: `must be one of ${types}` },
      { field: 'triggeredBy', message: 'must not hold control characters' },
      { field: 'correlationId', message: 'must not hold control characters' },
      { field: 'inputParameters', message: 'must be a JSON object' },
      { field: 'enableWaveless', message: 'must be of type boolean' },
      { field: 'maxRetries', message: 'must be at most 10' },
      { field: 'timeoutMs', message: 'must be at least 1000' },
      { field: 'priority', message: 'must be one of HIGH, NORMAL, LOW' },
      { field: 'callbackUrl', message: 'must be an http or https URL' },
      { field: 'metadata', message: 'must not exceed 65536 bytes of JSON' },
      { field: 'workflowNmae', message: 'is not known here' },
    ],
  });
});

test('a correlation id may be text of any language', async (t) => {
  const api = await startApi(t);
  const correlationId = 'Auftrag Größe 4711 – 注文';
  const { status, json } = await api.call('POST', '/workflows', {
    body: { ...START, correlationId },
  });
  t.is(status, 201);
  t.like(json, { correlationId });
});

for (const [field, least, most, outside] of [
  ['maxRetries', 0, 10, [-1, 11, 1.5, '3', null]],
  ['timeoutMs', 1000, 2_592_000_000, [999, 2_592_000_001, 1000.5]],
] as const) {
  test(`${field} may be ${least} to ${most}`, async (t) => {
    const api = await startApi(t);
    for (const value of [least, most]) {
      const { status } = await api.call('POST', '/workflows', {
        body: { ...START, [field]: value },
      });
      t.is(status, 201, String(value));
    }
    for (const value of outside) {
      const { status, json } = await api.call('POST', '/workflows', {
        body: { ...START, [field]: value },
      });
      t.is(status, 400, String(value));
      t.like(json['validationErrors'], [{ field }]);
    }
  });
}

test('a refusal of the engine is a 400 with its fields', async (t) => {
  const api = await startApi(t);
  const body = { ...START, workflowDefinitionId: 'unheard-of' };
  const answer = await api.call('POST', '/workflows', { body });
  isProblem(t, answer, {
    status: 400,
    error: 'VALIDATION_ERROR',
    title: 'The request is not valid',
    message: 'workflowDefinitionId: there is no definition unheard-of',
    path: PATH,
    validationErrors: [
      { field: 'workflowDefinitionId', message: 'there is no definition unheard-of' },
    ],
  });
});

test('a start with a known key and the same body, however written, gets the first answer again', async (t) => {
  const api = await startApi(t);
  const headers = { 'Idempotency-Key': 'order 4711' };
  const first = await api.call('POST', '/workflows', {
    headers,
    body: { ...START, inputParameters: { a: 1, b: [{ c: 2, d: 3 }] } },
  });
  await api.fake.pauseWorkflow(String(first.json['id']), { by: 'x', reason: 'x' });
  const second = await api.call('POST', '/workflows', {
    headers,
    body: `{ "inputParameters": {"b":[{"d":3,"c":2}],"a":1.0}, ${JSON.stringify(START).slice(1)}`,
  });
  t.is(second.status, 201);
  t.deepEqual(second.json, first.json);
  t.is(second.headers.get('location'), first.headers.get('location'));
  t.is(second.headers.get('idempotent-replay'), 'true');
});

test('a known key with another body is a 409 that names the workflow', async (t) => {
  const api = await startApi(t);
  const headers = { 'Idempotency-Key': 'k' };
  const { json } = await api.call('POST', '/workflows', { headers, body: START });
  const answer = await api.call('POST', '/workflows', {
    headers,
    body: { ...START, priority: 'HIGH' },
  });
  isProblem(t, answer, {
    status: 409,
    error: 'IDEMPOTENCY_KEY_REUSED',
    title: 'Idempotency key used before',
    message: `This Idempotency-Key started workflow ${json['id']} with another body`,
    path: PATH,
    extensions: { workflowId: json['id'] ?? null },
  });
});

test('an idempotency key is 1 to 255 characters of printable ASCII', async (t) => {
  const api = await startApi(t);
  const withKey = (key: string) =>
    api.call('POST', '/workflows', { headers: { 'Idempotency-Key': key }, body: START });
  t.is((await withKey('~'.repeat(255))).status, 201);
  for (const key of ['', 'x'.repeat(256), 'schlüssel', 'a\tb']) {
    const { status, json } = await withKey(key);
    t.is(status, 400, JSON.stringify(key));
    t.like(json['validationErrors'], [{ field: 'idempotency-key' }]);
  }
});

test('faults of header, query and body are told together', async (t) => {
  const api = await startApi(t);
  const { json } = await api.call('POST', '/workflows?dry=1', {
    headers: { 'Idempotency-Key': '' },
    body: { ...START, priority: 7 },
  });
  t.deepEqual(json['validationErrors'], [
    { field: 'dry', message: 'is not known here' },
    { field: 'idempotency-key', message: 'must not be empty' },
    { field: 'priority', message: 'must be one of HIGH, NORMAL, LOW' },
  ]);
});
