import test from 'ava';
import { awaitStatus, stepOf } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { orderBody } from '#test/support/processes/start-bodies.ts';

const engine = engineForFile(test);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('an order runs to its end, and its answer has every field of SPEC 5', async (t) => {
  const { api, simulator } = engine();
  const body = orderBody({ priority: 'HIGH', maxRetries: 5, metadata: { channel: 'web' } });
  const created = await api.ask('/workflows', { method: 'POST', body });

  t.is(created.status, 201);
  const { id } = created.body as { id: string };
  t.regex(id, UUID);
  t.is(created.headers.get('location'), `/api/v1/workflows/${id}`);

  const workflow = await awaitStatus(api, id, 'COMPLETED');
  t.like(workflow, {
    id,
    workflowDefinitionId: 'order-fulfillment',
    workflowName: body.workflowName,
    workflowType: 'ORDER_FULFILLMENT',
    priority: 'HIGH',
    correlationId: body.correlationId,
    progressPercentage: 100,
    retryCount: 0,
    maxRetries: 5,
  });
  t.deepEqual(workflow.inputParameters, body.inputParameters);
  const times = [workflow.createdAt, workflow.startedAt, workflow.completedAt].map((time) =>
    Date.parse(time ?? ''),
  );
  t.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  t.is(workflow.executionDurationMs, (times[2] ?? NaN) - (times[1] ?? NaN));
  t.true(Date.parse(workflow.updatedAt) >= (times[2] ?? NaN));

  const label = stepOf(workflow, 'generate-label');
  t.like(workflow.outputParameters, {
    orderId: body.correlationId,
    shipmentId: stepOf(workflow, 'create-shipment').outputData?.['shipmentId'],
    labelId: label.outputData?.['labelId'],
    trackingNumber: label.outputData?.['trackingNumber'],
  });
  for (const step of workflow.steps) {
    t.like(step, { status: 'COMPLETED', retryCount: 0, errorMessage: null }, step.stepId);
    t.truthy(step.stepName && step.serviceName && step.operation && step.outputData, step.stepId);
    const took = Date.parse(step.completedAt ?? '') - Date.parse(step.startedAt ?? '');
    t.is(step.executionDurationMs, took, step.stepId);
  }
  t.like(await simulator.check([{ workflowId: id, status: workflow.status }]), {
    ok: true,
    duplicated: 0,
  });
});

test('no step begins before those that it depends on have completed', async (t) => {
  const { api, simulator } = engine();
  const { id } = await api.start(orderBody());
  await awaitStatus(api, id, 'COMPLETED');

  const effects = (await simulator.ledger(id)).map(({ stepId }) => stepId);
  const chain = [
    'reserve-inventory',
    'create-wave',
    'create-pick-tasks',
    'create-pick-session',
    'create-shipment',
    'generate-label',
  ];
  t.deepEqual(
    effects.filter((stepId) => chain.includes(stepId)),
    chain,
  );
  t.true(effects.indexOf('create-license-plate') > effects.indexOf('create-pick-session'));
});

const small = [
  {
    definition: 'shipping',
    workflowType: 'SHIPPING',
    input: {
      shipmentId: 'SHP-7',
      orderId: 'ORD-7',
      customerId: 'C-7',
      carrier: 'DPD',
      country: 'France',
    },
    skipped: [],
  },
  {
    definition: 'quality-check',
    workflowType: 'QUALITY_CHECK',
    input: {
      checkId: 'QC-1',
      locationId: 'LOC-1',
      quarantineLocationId: 'LOC-Q',
      lpn: 'LPN-1',
      sku: '71053',
      quantity: 4,
    },
    // the inspection passes: nothing to put aside
    skipped: ['quarantine', 'write-off'],
  },
  {
    definition: 'inventory-transfer',
    workflowType: 'INVENTORY_TRANSFER',
    input: {
      transferId: 'TR-1',
      warehouseId: 'WH-1',
      sku: '71053',
      quantity: 4,
      lpn: 'LPN-2',
      fromLocationId: 'LOC-2',
    },
    skipped: [],
  },
] as const;

for (const { definition, workflowType, input, skipped } of small) {
  test(`${definition} runs to its end`, async (t) => {
    const { api } = engine();
    const { id } = await api.start({
      workflowDefinitionId: definition,
      workflowName: definition,
      workflowType,
      triggeredBy: 'e2e',
      inputParameters: input,
    });
    const workflow = await awaitStatus(api, id, 'COMPLETED');

    t.is(workflow.progressPercentage, 100);
    const left = workflow.steps.filter(({ status }) => status === 'SKIPPED');
    t.deepEqual(
      left.map(({ stepId }) => stepId),
      [...skipped],
    );
  });
}

test('the history tells the whole life of a workflow, in order and without a gap', async (t) => {
  const { api } = engine();
  const { id } = await api.start(orderBody());
  await awaitStatus(api, id, 'COMPLETED');

  const { body } = await api.ask(`/workflows/${id}/events`);
  const { items } = body as { items: { eventType: string; version: number; eventId: string }[] };
  t.deepEqual(
    items.map(({ version }) => version),
    items.map((_item, index) => index + 1),
  );
  const types = items.map(({ eventType }) => eventType);
  t.is(types[1], 'WorkflowStarted');
  t.is(types.filter((type) => type === 'WorkflowStepExecuted').length, 12);
  t.is(types.at(-1), 'WorkflowCompleted');
  t.is(new Set(items.map(({ eventId }) => eventId)).size, items.length);
});

test('workflows are found by status, type, priority and correlation id', async (t) => {
  const { api } = engine();
  const body = orderBody({ priority: 'LOW' });
  const { id } = await api.start(body);
  await awaitStatus(api, id, 'COMPLETED');

  const found = async (query: string) => {
    const answer = await api.ask(`/workflows?correlationId=${body.correlationId}&${query}`);
    return (answer.body as { items: { id: string }[] }).items.map((item) => item.id);
  };
  t.deepEqual(await found('status=COMPLETED'), [id]);
  t.deepEqual(await found('workflowType=ORDER_FULFILLMENT&priority=LOW'), [id]);
  t.deepEqual(await found('status=FAILED'), []);
  t.deepEqual(await found('priority=HIGH'), []);
});

test('health and metrics count what really ran', async (t) => {
  const { api } = engine();
  const { id } = await api.start(orderBody());
  await awaitStatus(api, id, 'COMPLETED');

  const health = await api.health();
  t.like(health, {
    status: 'UP',
    dependencies: { store: { status: 'UP' }, redis: { status: 'UP' } },
  });
  t.true((health.completedWorkflows ?? 0) >= 1);
  const { body } = await api.ask('/orchestration/metrics');
  const metrics = body as Record<string, number>;
  t.true((metrics['totalWorkflows'] ?? 0) >= 1);
  t.true((metrics['averageExecutionTimeMs'] ?? 0) > 0);
  t.is(metrics['successRate'], 100);
});
