import { z } from 'zod';
import { isoTime } from '#api/schemas/common.ts';

const byClass = z.strictObject({ HIGH: z.int(), NORMAL: z.int(), LOW: z.int() });

/** GET /orchestration/waveless. */
export const wavelessSchema = z
  .strictObject({
    timestamp: isoTime,
    backlog: byClass.describe('Orders that wait for their release'),
    releasers: z
      .array(
        z.strictObject({
          group: z.int(),
          batchSize: z.int(),
          intervalMs: z.int(),
          why: z.string().describe('Why batch and interval are what they are'),
          pausedSince: isoTime.nullable(),
          closedServices: z.array(
            z.strictObject({
              serviceName: z.string(),
              why: z.string(),
              since: isoTime,
              until: isoTime.nullable(),
            }),
          ),
          timestamp: isoTime,
        }),
      )
      .nullable()
      .describe('One per group of lanes that is being released; null: Redis can not say'),
    lanes: z.array(
      z.strictObject({
        lane: z.string(),
        cap: z.int().describe('Orders that may be on the floor at once'),
        weight: z.int().describe('Share of a batch'),
        inFlight: z.int(),
        waiting: byClass,
        oldestWaitingSince: isoTime.nullable(),
      }),
    ),
  })
  .meta({ id: 'WavelessOverview' });

export type WavelessResponse = z.infer<typeof wavelessSchema>;
