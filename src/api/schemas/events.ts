import { z } from 'zod';
import { isoTime, jsonObject } from '#api/schemas/common.ts';

/** GET /workflows/{id}/events: the whole log, oldest first. */
export const historySchema = z
  .strictObject({
    items: z.array(
      z.strictObject({
        eventId: z.string(),
        eventType: z.string(),
        version: z.int(),
        occurredAt: isoTime,
        type: z.string().nullable().describe('CloudEvents type; null: internal, never published'),
        data: jsonObject,
      }),
    ),
  })
  .meta({ id: 'WorkflowHistory' });

export type HistoryResponse = z.infer<typeof historySchema>;

/** An event as it goes out on Kafka and in the stream (SPEC 6). */
export const cloudEventSchema = z
  .strictObject({
    specversion: z.literal('1.0'),
    id: z.string(),
    source: z.string(),
    type: z.string(),
    subject: z.string(),
    time: isoTime,
    datacontenttype: z.literal('application/json'),
    data: jsonObject,
  })
  .meta({ id: 'CloudEvent' });
