import test from 'ava';
import { toCloudEvent } from '#application/events/cloud-event.ts';
import {
  needsContext,
  publishedSuffix,
  toPublicEvent,
  type EventContext,
} from '#application/events/public-event.ts';
import { cloudEventSchemaOf, PUBLISHED_EVENTS } from '#application/events/published-schemas.ts';
import type { WorkflowEvent } from '#domain/workflow/events.ts';

const ID = '0198a1b2-0000-7000-8000-000000000001';
const STARTED = Date.UTC(2026, 2, 1, 8);
const NOW = Date.UTC(2026, 2, 1, 8, 0, 5, 250);
const AT = '2026-03-01T08:00:05.250Z';

const CONTEXT: EventContext = {
  workflowDefinitionId: 'order-fulfillment',
  workflowType: 'ORDER_FULFILLMENT',
  correlationId: 'order-4711',
  triggeredBy: 'shop',
  totalSteps: 7,
  startedAt: STARTED,
};

/** SPEC 6, row by row: the event as logged, its suffix, and the data beside the base. */
const PUBLISHED: readonly [WorkflowEvent, string, object][] = [
  [
    { type: 'WorkflowStarted', deadlineAt: NOW + 1 },
    'workflow.started',
    {
      workflowDefinitionId: 'order-fulfillment',
      workflowType: 'ORDER_FULFILLMENT',
      startedAt: AT,
      correlationId: 'order-4711',
      triggeredBy: 'shop',
    },
  ],
  [
    { type: 'WorkflowCompleted', output: { waveId: 'W1' } },
    'workflow.completed',
    {
      completedAt: AT,
      executionDurationMs: 5250,
      totalSteps: 7,
      outputParameters: { waveId: 'W1' },
    },
  ],
  [
    {
      type: 'WorkflowFailed',
      errorCode: 'TIMEOUT',
      errorMessage: 'too late',
      failedStepId: 'pick',
      retryable: true,
      compensationRequired: false,
      drainUntil: NOW,
    },
    'workflow.failed',
    {
      failedAt: AT,
      errorMessage: 'too late',
      failedStepId: 'pick',
      errorCode: 'TIMEOUT',
      retryable: true,
      compensationRequired: false,
    },
  ],
  [
    { type: 'WorkflowPaused', reason: 'lunch', pausedBy: 'mia', currentStepId: 'pick' },
    'workflow.paused',
    { pausedAt: AT, reason: 'lunch', currentStepId: 'pick', pausedBy: 'mia' },
  ],
  [
    { type: 'WorkflowResumed', resumedBy: 'mia', resumeFromStepId: 'pick', deadlineAt: NOW },
    'workflow.resumed',
    { resumedAt: AT, resumeFromStepId: 'pick', resumedBy: 'mia' },
  ],
  [
    { type: 'WorkflowCancelled', reason: 'sold out', cancelledBy: 'mia' },
    'workflow.cancelled',
    { cancelledAt: AT, reason: 'sold out', cancelledBy: 'mia' },
  ],
  [
    { type: 'WorkflowRetry', retryAttempt: 2, maxRetries: 3, reason: 'again', deadlineAt: NOW },
    'workflow.retry',
    { retryAttempt: 2, maxRetries: 3, retryReason: 'again', nextRetryAt: AT },
  ],
  [
    {
      type: 'WorkflowStepExecuted',
      stepId: 'pick',
      stepName: 'Pick',
      output: { picked: 3 },
      startedAt: STARTED,
      executionTimeMs: 41,
    },
    'workflow.step.executed',
    {
      stepId: 'pick',
      stepName: 'Pick',
      executedAt: AT,
      result: { success: true, outputData: { picked: 3 }, executionTimeMs: 41 },
    },
  ],
  [
    {
      type: 'WorkflowStepFailed',
      stepId: 'pick',
      stepName: 'Pick',
      errorCode: 'NETWORK_ERROR',
      errorMessage: 'broken pipe',
      attempt: 2,
      nextRetryAt: NOW + 2000,
      outcome: 'unknown',
      startedAt: STARTED,
    },
    'workflow.step.failed',
    {
      stepId: 'pick',
      stepName: 'Pick',
      failedAt: AT,
      errorCode: 'NETWORK_ERROR',
      errorMessage: 'broken pipe',
      retryAttempt: 2,
      willRetry: true,
    },
  ],
  [
    {
      type: 'WorkflowCompensationStarted',
      reason: 'no stock',
      stepsToCompensate: ['pick', 'reserve'],
      drainUntil: null,
    },
    'workflow.compensation.started',
    { startedAt: AT, reason: 'no stock', stepsToCompensate: ['pick', 'reserve'] },
  ],
  [
    {
      type: 'WorkflowCompensationCompleted',
      compensatedStepIds: ['pick', 'reserve'],
      successful: false,
      errorMessage: 'gone',
    },
    'workflow.compensation.completed',
    {
      completedAt: AT,
      compensatedSteps: 2,
      compensatedStepIds: ['pick', 'reserve'],
      successful: false,
      errorMessage: 'gone',
    },
  ],
];

for (const [event, suffix, data] of PUBLISHED) {
  test(`${event.type} is published as ${suffix} with exactly the fields of SPEC 6`, (t) => {
    const recorded = { workflowId: ID, version: 12, occurredAt: NOW, event };
    const published = toPublicEvent(recorded, needsContext(event.type) ? CONTEXT : null);
    t.deepEqual(published, {
      suffix,
      data: {
        eventId: `${ID}.12`,
        eventType: event.type,
        occurredAt: AT,
        aggregateId: ID,
        version: 12,
        workflowInstanceId: ID,
        ...data,
      },
    });
    const cloudEvent = toCloudEvent(recorded, published);
    const documented = PUBLISHED_EVENTS.get(event.type);
    const schema = documented && cloudEventSchemaOf(documented);
    t.true(schema?.safeParse(cloudEvent).success, 'as the published schema says');
    const more = { ...cloudEvent, data: { ...published.data, more: 1 } };
    t.false(schema?.safeParse(more).success, 'and that allows no further field');
    t.deepEqual(cloudEvent, {
      specversion: '1.0',
      id: `${ID}.12`,
      source: '/wes/orchestration/workflows',
      type: `com.paklog.wes.orchestration.${suffix}`,
      subject: `workflow/${ID}`,
      time: AT,
      datacontenttype: 'application/json',
      data: published.data,
    });
  });
}

test('all thirteen events of SPEC 6 have a schema', (t) => {
  const suffixes = [...PUBLISHED_EVENTS.values()].map(({ suffix }) => suffix);
  const ofTheLog = PUBLISHED.map(([, suffix]) => suffix);
  t.deepEqual(
    suffixes.toSorted(),
    [...ofTheLog, 'system.load.rebalanced', 'waveless.enabled'].toSorted(),
  );
});

test('an event that needs its context is not made up without it', (t) => {
  const event = { type: 'WorkflowCompleted', output: {} } as const;
  const recorded = { workflowId: ID, version: 2, occurredAt: NOW, event };
  t.throws(() => toPublicEvent(recorded, null), { message: /context/ });
});

test('a last failed attempt will not be retried', (t) => {
  const event = PUBLISHED.map(([each]) => each).find((each) => each.type === 'WorkflowStepFailed');
  if (event === undefined) return t.fail();
  const last = { ...event, nextRetryAt: null };
  const { data } = toPublicEvent(
    { workflowId: ID, version: 2, occurredAt: NOW, event: last },
    null,
  );
  t.is(data['willRetry'], false);
});

test('an internal event shows all that was logged, times in ISO 8601, and has no envelope', (t) => {
  const event = {
    type: 'StepsDispatched',
    dispatch: 4,
    direction: 'do',
    stepIds: ['pick'],
    dueAt: NOW,
  } as const;
  const recorded = { workflowId: ID, version: 3, occurredAt: NOW, event };
  const shown = toPublicEvent(recorded, null);
  t.is(publishedSuffix(event.type), null);
  t.deepEqual(shown, {
    suffix: null,
    data: {
      eventId: `${ID}.3`,
      eventType: 'StepsDispatched',
      occurredAt: AT,
      aggregateId: ID,
      version: 3,
      workflowInstanceId: ID,
      dispatch: 4,
      direction: 'do',
      stepIds: ['pick'],
      dueAt: AT,
    },
  });
  t.is(toCloudEvent(recorded, shown), null);
});

test('a time that is not set stays null', (t) => {
  const event = {
    type: 'StepCompensationFailed',
    stepId: 'pick',
    errorCode: 'TIMEOUT',
    errorMessage: 'late',
    attempt: 1,
    nextRetryAt: null,
  } as const;
  const { data } = toPublicEvent({ workflowId: ID, version: 3, occurredAt: NOW, event }, null);
  t.is(data['nextRetryAt'], null);
  t.is(data['attempt'], 1);
});
