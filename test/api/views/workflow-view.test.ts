import test from 'ava';
import { workflowSchema } from '#api/schemas/workflow.ts';
import { workflowView } from '#api/views/workflow-view.ts';
import { createFakeOrchestration } from '#test/support/fake-orchestration.ts';
import { FAKE_EPOCH } from '#test/support/fake-workflow.ts';

/** Field names of SPEC 5, in its order. */
const WORKFLOW_FIELDS =
  'id workflowDefinitionId workflowName workflowType status priority correlationId inputParameters outputParameters steps progressPercentage retryCount maxRetries startedAt completedAt executionDurationMs createdAt updatedAt';
const STEP_FIELDS =
  'stepId stepName status serviceName operation outputData retryCount startedAt completedAt executionDurationMs errorMessage';

const EXECUTED = {
  type: 'WorkflowStepExecuted',
  stepId: 'validate-order',
  stepName: 'Validate order',
  output: { ok: true },
  startedAt: FAKE_EPOCH + 2000,
  executionTimeMs: 750,
} as const;

test('a workflow has every field of SPEC 5, and so has each step', (t) => {
  const fake = createFakeOrchestration();
  const view = workflowSchema.parse(workflowView(fake.record(fake.begin())));
  for (const field of WORKFLOW_FIELDS.split(' ')) t.true(field in view, field);
  for (const step of view.steps) {
    for (const field of STEP_FIELDS.split(' ')) t.true(field in step, field);
  }
});

test('a workflow that has begun shows when, and null for what is not known yet', (t) => {
  const fake = createFakeOrchestration();
  const id = fake.begin({ input: { orderId: 'O1' }, metadata: { shop: 'berlin' } });
  t.like(workflowView(fake.record(id)), {
    id,
    workflowDefinitionId: 'order-fulfillment',
    workflowDefinitionVersion: 3,
    workflowName: 'Order 4711',
    status: 'EXECUTING',
    priority: 'NORMAL',
    correlationId: 'order-4711',
    inputParameters: { orderId: 'O1' },
    outputParameters: null,
    progressPercentage: 0,
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: '2026-01-01T00:00:01.000Z',
    updatedAt: '2026-01-01T00:00:01.000Z',
    completedAt: null,
    executionDurationMs: null,
    metadata: { shop: 'berlin' },
    deadlineAt: '2026-01-01T00:05:00.000Z',
    failure: null,
    compensationReason: null,
  });
});

test('steps come in the order of the definition; one that is no call has no service', (t) => {
  const fake = createFakeOrchestration();
  const view = workflowView(fake.record(fake.begin()));
  t.like(view.steps, [
    {
      stepId: 'validate-order',
      serviceName: 'order-management-service',
      operation: 'validateOrder',
      status: 'PENDING',
    },
    { stepId: 'cool-down', serviceName: null, operation: 'wait', status: 'PENDING' },
  ]);
});

test('a completed step shows its output and its time', (t) => {
  const fake = createFakeOrchestration();
  const id = fake.begin();
  const dispatched = {
    type: 'StepsDispatched',
    dispatch: 1,
    direction: 'do',
    stepIds: ['validate-order'],
    dueAt: null,
  } as const;
  const view = workflowView(fake.record(id, dispatched, EXECUTED));
  t.is(view.progressPercentage, 50);
  t.like(view.steps[0], {
    status: 'COMPLETED',
    outputData: { ok: true },
    startedAt: '2026-01-01T00:00:02.000Z',
    completedAt: '2026-01-01T00:00:03.000Z',
    executionDurationMs: 1000,
    errorMessage: null,
  });
});

test('a failed attempt shows its error and when the next one is due', (t) => {
  const fake = createFakeOrchestration();
  const id = fake.begin();
  const view = workflowView(
    fake.record(
      id,
      {
        type: 'StepsDispatched',
        dispatch: 1,
        direction: 'do',
        stepIds: ['validate-order'],
        dueAt: null,
      },
      {
        type: 'WorkflowStepFailed',
        stepId: 'validate-order',
        stepName: 'Validate order',
        errorCode: 'SERVICE_UNAVAILABLE',
        errorMessage: 'no answer',
        attempt: 1,
        nextRetryAt: FAKE_EPOCH + 60_000,
        outcome: 'not-applied',
        startedAt: FAKE_EPOCH + 2000,
      },
    ),
  );
  t.like(view.steps[0], {
    retryCount: 1,
    errorMessage: 'no answer',
    errorCode: 'SERVICE_UNAVAILABLE',
    nextRetryAt: '2026-01-01T00:01:00.000Z',
    waitingUntil: null,
  });
});

test('a step that waits for a time shows until when', (t) => {
  const fake = createFakeOrchestration();
  const id = fake.begin();
  const waiting = {
    type: 'StepsDispatched',
    dispatch: 2,
    direction: 'do',
    stepIds: ['cool-down'],
    dueAt: FAKE_EPOCH + 60_000,
  } as const;
  const view = workflowView(fake.record(id, waiting));
  t.like(view.steps[1], { waitingUntil: '2026-01-01T00:01:00.000Z', nextRetryAt: null });
});

test('the engine’s own start is no command that is offered', (t) => {
  const fake = createFakeOrchestration();
  const state = { ...fake.record(fake.begin()), status: 'PENDING' as const };
  t.deepEqual(workflowView(state).allowedCommands, ['cancel', 'enableWaveless']);
});
