import { z } from 'zod';
import { waitingSchema } from '#api/schemas/waiting.ts';
import { isoTime, jsonObject } from '#api/schemas/common.ts';
import {
  ERROR_TYPES,
  STEP_STATUSES,
  WORKFLOW_PRIORITIES,
  WORKFLOW_STATUSES,
  WORKFLOW_TYPES,
} from '#domain/workflow/vocabulary.ts';

const durationMs = z.int().nullable();

const stepSchema = z
  .strictObject({
    stepId: z.string(),
    stepName: z.string(),
    status: z.enum(STEP_STATUSES),
    serviceName: z.string().nullable().describe('null: a step that calls no service'),
    operation: z.string(),
    outputData: jsonObject.nullable(),
    retryCount: z.int(),
    startedAt: isoTime.nullable(),
    completedAt: isoTime.nullable(),
    executionDurationMs: durationMs,
    errorMessage: z.string().nullable(),
    errorCode: z.enum(ERROR_TYPES).nullable(),
    waitingUntil: isoTime.nullable().describe('When a step that waits for a time goes on'),
    nextRetryAt: isoTime.nullable().describe('When a failed call is made again'),
  })
  .meta({ id: 'WorkflowStep' });

/** WorkflowResponse of SPEC 5; the fields from workflowDefinitionVersion on are beyond it. */
export const workflowSchema = z
  .strictObject({
    id: z.uuid(),
    workflowDefinitionId: z.string(),
    workflowName: z.string(),
    workflowType: z.enum(WORKFLOW_TYPES),
    status: z.enum(WORKFLOW_STATUSES),
    priority: z.enum(WORKFLOW_PRIORITIES),
    correlationId: z.string().nullable(),
    inputParameters: jsonObject,
    outputParameters: jsonObject.nullable(),
    steps: z.array(stepSchema).describe('In the order of the definition'),
    progressPercentage: z.number().min(0).max(100),
    retryCount: z.int(),
    maxRetries: z.int(),
    startedAt: isoTime.nullable(),
    completedAt: isoTime.nullable(),
    executionDurationMs: durationMs,
    createdAt: isoTime,
    updatedAt: isoTime,
    workflowDefinitionVersion: z.int(),
    triggeredBy: z.string(),
    metadata: jsonObject,
    deadlineAt: isoTime.nullable(),
    failure: z
      .strictObject({ code: z.string(), message: z.string(), stepId: z.string().nullable() })
      .nullable(),
    compensationReason: z.string().nullable(),
    waiting: z
      .array(waitingSchema)
      .nullable()
      .describe('Why it waits; null in lists and replies to commands: ask for the workflow'),
    allowedCommands: z.array(z.string()).describe('What an operator may do now'),
  })
  .meta({ id: 'WorkflowResponse' });

export const workflowPageSchema = z
  .strictObject({ items: z.array(workflowSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'WorkflowPage' });

export type WorkflowStepResponse = z.infer<typeof stepSchema>;
export type WorkflowResponse = z.infer<typeof workflowSchema>;
