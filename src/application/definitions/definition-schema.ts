import { z } from 'zod';
import {
  compensationSchema,
  completionSchema,
  conditionSchema,
  fieldsSchema,
  httpSchema,
  jsonSchema,
  retrySchema,
  waitSchema,
} from '#application/definitions/schema-parts.ts';
import type { CallStep, WaitStep } from '#domain/definition/definition.ts';
import { RETRY_POLICIES } from '#domain/policy/retry.ts';
import { WORKFLOW_TYPES } from '#domain/workflow/vocabulary.ts';

/**
 * The authored JSON of SPEC 8, field by field, with its defaults. Only what may stand where: what numbers and names mean is the
 * domain's (`definitionProblems`). Steps are read one by one, so that a faulty one does not hide the others.
 */
export const headerSchema = z.strictObject({
  definitionId: z.string(),
  version: z.int(),
  workflowType: z.enum(WORKFLOW_TYPES),
  name: z.string(),
  timeoutMs: z.int().default(300_000),
  onFailure: z.enum(['compensate', 'pause', 'fail']).default('compensate'),
  inputSchema: jsonSchema.default(null),
  lane: jsonSchema.default(null),
  cutOffAt: jsonSchema.default(null),
  steps: z.array(jsonSchema),
  output: fieldsSchema.default({}),
});

const commonFields = {
  stepId: z.string(),
  stepName: z.string().optional(),
  dependencies: z.array(z.string()).default([]),
  condition: conditionSchema.nullable().default(null),
  optional: z.boolean().default(false),
};

/** What steps of every kind have, whatever else they hold. */
export const anyStepSchema = z.looseObject(commonFields);

export const callStepSchema = z
  .strictObject({
    ...commonFields,
    serviceName: z.string(),
    operation: z.string(),
    http: httpSchema.nullable().default(null),
    input: fieldsSchema.default({}),
    timeoutMs: z.int().nullable().default(null),
    retry: retrySchema.default(RETRY_POLICIES.default),
    failWhen: conditionSchema.nullable().default(null),
    pivot: z.boolean().default(false),
    completion: completionSchema.default({ mode: 'call' }),
    compensation: compensationSchema,
  })
  .transform(({ stepName, ...step }): CallStep => ({
    kind: 'call',
    ...step,
    stepName: stepName ?? step.stepId,
  }));

export const waitStepSchema = z
  .strictObject({
    ...commonFields,
    wait: waitSchema,
    /** Time that has passed can't be undone; saying so is allowed. */
    compensation: z.strictObject({ strategy: z.literal('NONE') }).optional(),
  })
  .transform(({ stepName, compensation: _, ...step }): WaitStep => ({
    kind: 'wait',
    ...step,
    stepName: stepName ?? step.stepId,
  }));
