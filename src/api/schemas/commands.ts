import { z } from 'zod';
import { headerText, jsonObject, line } from '#api/schemas/common.ts';

const MAX_REASON = 500;

/** Any UUID, in the lower case that ids are kept in. */
export const workflowParams = z.object({ id: z.guid().transform((id) => id.toLowerCase()) });

/** Who asks. There is no log-in: the name is for the record, not proof. */
export const operatorHeaders = z.object({ 'x-operator': headerText(100).default('api') });

const reason = line(MAX_REASON).optional();

/** `?reason=`, for clients that send no body. */
export const reasonQuery = { schema: z.strictObject({ reason }) } as const;

export const commandBody = z.strictObject({ reason }).meta({ id: 'CommandRequest' });

export const cancelBody = z
  .strictObject({ reason, compensate: z.boolean().default(false) })
  .meta({ id: 'CancelRequest' });

export const stepBody = z.strictObject({ stepId: line(200), reason }).meta({ id: 'StepRequest' });

export const executeStepBody = z
  .strictObject({
    stepId: line(200),
    inputData: jsonObject.nullable().default(null).describe('Replaces the mapped input'),
    reason,
  })
  .meta({ id: 'ExecuteStepRequest' });

/** SPEC 4: a batch holds 1..20 orders. An interval below the 500 ms of the releaser slows nothing down; more than a minute bypasses it anyway. */
export const wavelessBody = z
  .strictObject({
    batchSize: z.int().min(1).max(20).optional(),
    processingIntervalMs: z.int().min(100).max(60_000).optional(),
  })
  .meta({ id: 'WavelessRequest' });

export const rebalanceQuery = {
  schema: z.strictObject({ targetUtilization: z.number().min(0).max(1).optional() }),
  numbers: ['targetUtilization'],
} as const;
