import { z } from 'zod';
import { EVENT_TYPE_PREFIX, WORKFLOW_EVENT_SOURCE } from '#application/events/cloud-event.ts';
import { ERROR_TYPES, WORKFLOW_TYPES } from '#domain/workflow/vocabulary.ts';

/** Of events that are no single workflow's. */
export const SYSTEM_EVENT_SOURCE = '/wes/orchestration/system';

const time = z.iso.datetime();
const count = z.int().min(0);
/** Any JSON object. */
const outputs = z.looseObject({});
const share = z.number().min(0).max(1);

/** What the data of every event has. */
const base = (eventType: string) => ({
  eventId: z.string().describe('Unique; a redelivery repeats it'),
  eventType: z.literal(eventType),
  occurredAt: time,
  aggregateId: z.string(),
  version: z.int().min(1).describe('Place in the log of the aggregate'),
});

/** A published event: suffix of its CloudEvents type, and the exact fields of its data. */
export type PublishedEvent = {
  readonly suffix: string;
  readonly source: typeof WORKFLOW_EVENT_SOURCE | typeof SYSTEM_EVENT_SOURCE;
  readonly data: z.ZodObject;
};

type Entry = readonly [name: string, event: PublishedEvent];

function ofWorkflow(eventType: string, suffix: string, fields: z.core.$ZodLooseShape): Entry {
  const data = z.strictObject({
    ...base(eventType),
    workflowInstanceId: z.string(),
    ...fields,
  });
  return [eventType, { suffix, source: WORKFLOW_EVENT_SOURCE, data }];
}

function ofSystem(eventType: string, suffix: string, fields: z.core.$ZodLooseShape): Entry {
  const data = z.strictObject({ ...base(eventType), ...fields });
  return [eventType, { suffix, source: SYSTEM_EVENT_SOURCE, data }];
}

/** The thirteen events of SPEC 6 by name. The log of no workflow has SystemLoadRebalanced. */
export const PUBLISHED_EVENTS: ReadonlyMap<string, PublishedEvent> = new Map([
  ofWorkflow('WorkflowStarted', 'workflow.started', {
    workflowDefinitionId: z.string(),
    workflowType: z.enum(WORKFLOW_TYPES),
    startedAt: time,
    correlationId: z.string().nullable(),
    triggeredBy: z.string(),
  }),
  ofWorkflow('WorkflowCompleted', 'workflow.completed', {
    completedAt: time,
    executionDurationMs: count.nullable(),
    totalSteps: count,
    outputParameters: outputs,
  }),
  ofWorkflow('WorkflowFailed', 'workflow.failed', {
    failedAt: time,
    errorMessage: z.string(),
    failedStepId: z.string().nullable(),
    errorCode: z.enum([...ERROR_TYPES, 'MANUAL_COMPENSATION']),
    retryable: z.boolean(),
    compensationRequired: z.boolean(),
  }),
  ofWorkflow('WorkflowPaused', 'workflow.paused', {
    pausedAt: time,
    reason: z.string(),
    currentStepId: z.string().nullable(),
    pausedBy: z.string(),
  }),
  ofWorkflow('WorkflowResumed', 'workflow.resumed', {
    resumedAt: time,
    resumeFromStepId: z.string().nullable(),
    resumedBy: z.string(),
  }),
  ofWorkflow('WorkflowCancelled', 'workflow.cancelled', {
    cancelledAt: time,
    reason: z.string(),
    cancelledBy: z.string(),
  }),
  ofWorkflow('WorkflowRetry', 'workflow.retry', {
    retryAttempt: count,
    maxRetries: count,
    retryReason: z.string(),
    nextRetryAt: time,
  }),
  ofWorkflow('WorkflowStepExecuted', 'workflow.step.executed', {
    stepId: z.string(),
    stepName: z.string(),
    executedAt: time,
    result: z.strictObject({
      success: z.boolean(),
      outputData: outputs,
      executionTimeMs: z.number().min(0),
    }),
  }),
  ofWorkflow('WorkflowStepFailed', 'workflow.step.failed', {
    stepId: z.string(),
    stepName: z.string(),
    failedAt: time,
    errorCode: z.enum(ERROR_TYPES),
    errorMessage: z.string(),
    retryAttempt: count,
    willRetry: z.boolean(),
  }),
  ofWorkflow('WorkflowCompensationStarted', 'workflow.compensation.started', {
    startedAt: time,
    reason: z.string(),
    stepsToCompensate: z.array(z.string()),
  }),
  ofWorkflow('WorkflowCompensationCompleted', 'workflow.compensation.completed', {
    completedAt: time,
    compensatedSteps: count,
    compensatedStepIds: z.array(z.string()),
    successful: z.boolean(),
    errorMessage: z.string().nullable(),
  }),
  ofSystem('SystemLoadRebalanced', 'system.load.rebalanced', {
    previousUtilization: share,
    currentUtilization: share,
    targetUtilization: share,
    workflowsRebalanced: count,
    serviceLoads: z.record(z.string(), z.number()),
    reason: z.string(),
  }),
  ofWorkflow('WavelessProcessingEnabled', 'waveless.enabled', {
    enabledAt: time,
    batchSize: z.int().min(1),
    processingIntervalMs: z.int().min(1),
  }),
]);

/** The whole event as it is on the topic in structured mode. */
export function cloudEventSchemaOf({ suffix, source, data }: PublishedEvent): z.ZodObject {
  return z.strictObject({
    specversion: z.literal('1.0'),
    id: z.string(),
    source: z.literal(source),
    type: z.literal(EVENT_TYPE_PREFIX + suffix),
    subject: z.string().describe('workflow/<id>'),
    time,
    datacontenttype: z.literal('application/json'),
    data,
  });
}
