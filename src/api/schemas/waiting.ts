import { z } from 'zod';
import { isoTime } from '#api/schemas/common.ts';
import { WAITING_REASONS } from '#domain/workflow/waiting-reason.ts';

/** One thing that waits, and what for. */
export const waitingSchema = z
  .strictObject({
    stepId: z.string().nullable().describe('null: the workflow as a whole'),
    reason: z.enum(WAITING_REASONS),
    subject: z
      .string()
      .nullable()
      .describe('Whom or what it waits for: a person, a service, a queue, a lane, steps'),
    since: isoTime.nullable(),
    until: isoTime.nullable().describe('When this reason ends by itself'),
    estimatedAt: isoTime.nullable().describe('When it ends if all goes on as now'),
    detail: z.string(),
    action: z.string().describe('What would change it'),
  })
  .meta({ id: 'Waiting' });

/** GET /workflows/{id}/why. */
export const whySchema = z
  .strictObject({ items: z.array(waitingSchema).describe('Empty: all that can run does') })
  .meta({ id: 'WhyWaiting' });

export type WaitingResponse = z.infer<typeof waitingSchema>;
