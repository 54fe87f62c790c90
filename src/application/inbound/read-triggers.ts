import { z } from 'zod';
import type { Triggers } from '#application/inbound/trigger.ts';
import { fieldsSchema, jsonSchema } from '#application/definitions/schema-parts.ts';
import { parsePointer } from '#domain/definition/json-pointer.ts';
import { isReference } from '#domain/definition/mapping.ts';
import { isJsonObject, type Json } from '#domain/json.ts';
import { WORKFLOW_TYPES } from '#domain/workflow/vocabulary.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

const pointer = z.string().refine((text) => parsePointer(text) !== null, 'must be a JSON Pointer');

const pointers = z.array(pointer).min(1).max(5);

/** Where an event has its key: a pointer, several whose values are joined, or the first of several that is there. */
const keySchema = z
  .union([
    pointer.transform((one) => [[one]]),
    pointers.transform((joined) => [joined]),
    z.strictObject({ firstOf: pointers }).transform(({ firstOf }) => firstOf.map((one) => [one])),
  ])
  .refine((rule) => !rule.flat().includes(''), 'must point to a part of the data');

const topic = z.string().regex(/^[\w.-]{1,249}$/, 'must be the name of a topic');

const common = {
  name: z.string().regex(/^[\w.-]{1,100}$/, 'must be 1 to 100 letters, digits and ._-'),
  topic,
  type: z
    .string()
    .regex(/^[^*\s]+\*?$/, 'must be a type, or its beginning and *')
    .nullable()
    .default(null),
};

const mapping = jsonSchema.superRefine(checkPointers);

const endFields = {
  ...common,
  key: keySchema,
  workflowType: z.enum(WORKFLOW_TYPES),
  ifNone: z.enum(['dead-letter', 'ignore']).default('dead-letter'),
};

const triggerSchema = z.discriminatedUnion('action', [
  z.strictObject({
    ...common,
    action: z.literal('start'),
    key: keySchema,
    workflowDefinitionId: z.string().min(1).max(200),
    workflowType: z.enum(WORKFLOW_TYPES),
    workflowName: mapping.default(null),
    priority: mapping.default('NORMAL'),
    input: fieldsSchema.superRefine(checkPointers),
  }),
  z.strictObject({ ...endFields, action: z.literal('cancel') }),
  z.strictObject({ ...endFields, action: z.literal('compensate') }),
  z.strictObject({ ...endFields, action: z.literal('cancel-or-compensate') }),
  z.strictObject({
    ...common,
    action: z.literal('step'),
    service: z.string().min(1).max(200),
    event: z.string().min(1).max(200),
    key: keySchema,
    parkMs: z
      .int()
      .min(1000)
      .max(30 * DAY_MS)
      .default(DAY_MS),
  }),
  z.strictObject({ ...common, action: z.literal('ignore') }),
]);

const bareSchema = z.strictObject({
  id: pointer.nullable().default(null),
  type: pointer.nullable().default(null),
  data: pointer.default(''),
});

const triggersSchema = z
  .strictObject({
    /** Topics whose messages are bare JSON that says more than its data. */
    bare: z.record(topic, bareSchema).default({}),
    triggers: z.array(triggerSchema).min(1),
  })
  .superRefine(({ triggers }, context) => {
    const seen = new Set<string>();
    for (const [index, { name, topic: at, type }] of triggers.entries()) {
      for (const once of [`name ${name}`, `topic ${at} and type ${type ?? 'any'}`]) {
        if (seen.has(once)) {
          const path = ['triggers', index];
          context.addIssue({ code: 'custom', message: `${once} is there twice`, path });
        }
        seen.add(once);
      }
    }
  });

export type ReadTriggers =
  | { readonly kind: 'valid'; readonly triggers: Triggers }
  | { readonly kind: 'invalid'; readonly faults: readonly string[] };

/** Reads what happens on which event (TRIGGERS_FILE). All faults are told at once, each with the path to it. */
export function readTriggers(source: unknown): ReadTriggers {
  const result = triggersSchema.safeParse(source);
  if (!result.success) {
    const faults = result.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.') || 'the file'}: ${message}`,
    );
    return { kind: 'invalid', faults };
  }
  const { bare, triggers } = result.data;
  return { kind: 'valid', triggers: { list: triggers, bare: new Map(Object.entries(bare)) } };
}

/** Every `$from` leads into what an event has. */
function checkPointers(template: Json, context: z.RefinementCtx): void {
  if (typeof template !== 'object' || template === null) return;
  if (!isJsonObject(template)) {
    for (const item of Object.values(template)) checkPointers(item, context);
  } else if (isReference(template)) {
    const from = template['$from'];
    const [root] = (typeof from === 'string' ? parsePointer(from) : null) ?? [];
    if (root === 'data' || root === 'event' || root === 'key') return;
    const message = `${JSON.stringify(from)} must be a JSON Pointer into /data, /event or /key`;
    context.addIssue({ code: 'custom', message });
  } else for (const part of Object.values(template)) checkPointers(part, context);
}
