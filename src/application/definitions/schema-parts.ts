import { z } from 'zod';
import { HTTP_METHODS, type Condition, type MappingObject } from '#domain/definition/definition.ts';
import { parsePointer } from '#domain/definition/json-pointer.ts';
import { conditionProblems, isCondition } from '#domain/definition/validation/condition-rules.ts';
import { isJsonObject, type Json } from '#domain/json.ts';
import { RETRY_POLICIES } from '#domain/policy/retry.ts';

/** Any JSON, kept as it is: zod's own schemas copy. */
export const jsonSchema = z.custom<Json>((value) => value !== undefined, 'is required');

/** Named fields whose values are mappings. */
export const fieldsSchema = z.custom<MappingObject>(isJsonObject, 'must be an object of fields');

export const httpSchema = z.strictObject({ method: z.enum(HTTP_METHODS), path: z.string() });

/** A condition; what is wrong with one is said by the domain, at the very operand. */
export const conditionSchema = jsonSchema.transform((value, context): Condition => {
  if (isCondition(value)) return value;
  for (const { path, message } of conditionProblems(value, '')) {
    context.addIssue({ code: 'custom', message, path: [...(parsePointer(path) ?? [])] });
  }
  return z.NEVER;
});

const policyName = z
  .enum(['default', 'aggressive', 'conservative'] satisfies (keyof typeof RETRY_POLICIES)[], {
    error: 'unknown retry policy; known are default, aggressive, conservative and own policies',
  })
  .transform((name) => RETRY_POLICIES[name]);

const ownPolicy = z.strictObject({
  retries: z.int(),
  initialDelayMs: z.int(),
  maxDelayMs: z.int(),
  multiplier: z.number(),
});

/** A policy by its name, or one of the step's own (SPEC 3, 8). */
export const retrySchema = z.union([z.string().pipe(policyName), ownPolicy]);

/** How a step is undone. There is no default: that nothing has to be undone must be said. */
export const compensationSchema = z.discriminatedUnion(
  'strategy',
  [
    z.strictObject({ strategy: z.literal('NONE') }),
    z.strictObject({
      strategy: z.enum(['REVERSE_OPERATION', 'DELETE_CREATED', 'RESTORE_STATE', 'CUSTOM']),
      operation: z.string(),
      http: httpSchema.nullable().default(null),
      input: fieldsSchema.default({}),
    }),
  ],
  {
    error: ({ input }) =>
      input === undefined
        ? 'is required: how the step is undone, or { "strategy": "NONE" } where nothing has to be'
        : undefined,
  },
);

/** A quarter of an hour, where the definition does not say; human work mostly needs more. */
const DEFAULT_EVENT_TIMEOUT_MS = 900_000;

/** When the step is done: with the answer, or with an event that comes later. */
export const completionSchema = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('call') }),
  z.strictObject({
    mode: z.literal('event'),
    event: z.string(),
    correlationKey: jsonSchema,
    failOn: z.array(z.string()).max(20).default([]),
    timeoutMs: z.int().default(DEFAULT_EVENT_TIMEOUT_MS),
  }),
]);

/** Exactly one of a duration and an end. */
export const waitSchema = z
  .strictObject({ durationMs: z.int().optional(), until: jsonSchema.optional() })
  .transform(({ durationMs, until }, context) => {
    if (durationMs !== undefined && until === undefined) return { durationMs };
    if (until !== undefined && durationMs === undefined) return { until };
    context.addIssue({ code: 'custom', message: 'must have one of durationMs and until' });
    return z.NEVER;
  });
