import { z } from 'zod';
import type { SharedState } from '#application/ports/shared-states.ts';
import { isJsonObject, type JsonObject } from '#domain/json.ts';
import { parseJson } from '#domain/parse-json.ts';
import type { StepState } from '#domain/workflow/state.ts';
import {
  ERROR_TYPES,
  STEP_STATUSES,
  WORKFLOW_PRIORITIES,
  WORKFLOW_STATUSES,
  WORKFLOW_TYPES,
} from '#domain/workflow/vocabulary.ts';

/**
 * States as they stand in Redis. Strict, so that a state of another release, with a field more or less, is no state rather than
 * half of one.
 */

const data = z.custom<JsonObject>(isJsonObject);
const time = z.number();
const count = z.int().min(0);
const text = z.string();

const step: z.ZodType<StepState> = z.strictObject({
  stepId: text,
  status: z.enum(STEP_STATUSES),
  retryCount: count,
  dispatch: count.nullable(),
  dueAt: time.nullable(),
  outcome: z.enum(['not-applied', 'unknown', 'applied']),
  output: data.nullable(),
  event: z
    .discriminatedUnion('state', [
      z.strictObject({ state: z.literal('awaited'), key: text, since: time, until: time }),
      z.strictObject({ state: z.literal('received') }),
    ])
    .nullable(),
  eventsTaken: z.array(z.strictObject({ source: text, eventId: text })),
  inputData: data.nullable(),
  forced: z.boolean(),
  startedAt: time.nullable(),
  completedAt: time.nullable(),
  error: z.strictObject({ code: z.enum(ERROR_TYPES), message: text }).nullable(),
  settledAt: count.nullable(),
  undoAttempts: count,
});

const state: z.ZodType<SharedState> = z.strictObject({
  workflowId: text,
  definitionId: text,
  definitionVersion: z.int().min(1),
  workflowName: text,
  workflowType: z.enum(WORKFLOW_TYPES),
  priority: z.enum(WORKFLOW_PRIORITIES),
  triggeredBy: text,
  correlationId: text.nullable(),
  input: data,
  waveless: z.boolean(),
  maxRetries: count,
  timeoutMs: time,
  callbackUrl: text.nullable(),
  metadata: data,
  status: z.enum(WORKFLOW_STATUSES),
  version: z.int().min(1),
  steps: z.array(step).transform((steps) => new Map(steps.map((one) => [one.stepId, one]))),
  output: data.nullable(),
  retryCount: count,
  createdAt: time,
  updatedAt: time,
  startedAt: time.nullable(),
  completedAt: time.nullable(),
  deadlineAt: time.nullable(),
  urgency: z.enum(WORKFLOW_PRIORITIES),
  pace: z.strictObject({
    batchSize: z.number().nullable(),
    processingIntervalMs: z.number().nullable(),
  }),
  pausedAt: time.nullable(),
  pausedBy: text.nullable(),
  lastDispatch: count,
  drainUntil: time.nullable(),
  failure: z
    .strictObject({
      code: z.enum([...ERROR_TYPES, 'MANUAL_COMPENSATION']),
      message: text,
      stepId: text.nullable(),
    })
    .nullable(),
  compensationPending: z.boolean(),
  compensationReason: text.nullable(),
});

/** As text; what a state carries beyond SharedState (its definition) must have been left out. */
export function encodeState(shared: SharedState): string {
  return JSON.stringify({ ...shared, steps: [...shared.steps.values()] });
}

/** null: none of ours, or of another release. */
export function decodeState(encoded: string): SharedState | null {
  try {
    return state.safeParse(parseJson(encoded)).data ?? null;
  } catch {
    return null;
  }
}
