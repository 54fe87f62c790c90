import { z } from 'zod';
import { headerText, jsonObject, line } from '#api/schemas/common.ts';
import { WORKFLOW_PRIORITIES, WORKFLOW_TYPES } from '#domain/workflow/vocabulary.ts';

const MAX_METADATA_BYTES = 64 * 1024;
const MIN_TIMEOUT_MS = 1000;
const MAX_TIMEOUT_MS = 30 * 24 * 60 * 60 * 1000;

/** POST /workflows (SPEC 5). Strict: a misspelt field is named, not ignored. */
export const startWorkflowSchema = z
  .strictObject({
    workflowDefinitionId: line(200).describe('`id` (its newest version) or `id@version`'),
    workflowName: line(200),
    workflowType: z.enum(WORKFLOW_TYPES),
    triggeredBy: line(200),
    correlationId: line(200).nullable().default(null),
    inputParameters: jsonObject.default({}),
    enableWaveless: z.boolean().default(false),
    maxRetries: z.int().min(0).max(10).default(3),
    timeoutMs: z
      .int()
      .min(MIN_TIMEOUT_MS)
      .max(MAX_TIMEOUT_MS)
      .nullable()
      .default(null)
      .describe("null: the definition's"),
    priority: z.enum(WORKFLOW_PRIORITIES).default('NORMAL'),
    callbackUrl: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .max(2048)
      .nullable()
      .default(null),
    metadata: jsonObject
      .refine(
        (metadata) => Buffer.byteLength(JSON.stringify(metadata)) <= MAX_METADATA_BYTES,
        `must not exceed ${MAX_METADATA_BYTES} bytes of JSON`,
      )
      .default({}),
  })
  .meta({ id: 'StartWorkflowRequest' });

/** Key of a start that may be sent again without starting twice. */
export const startHeaders = z.object({ 'idempotency-key': headerText(255).optional() });
