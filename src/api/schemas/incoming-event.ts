import { z } from 'zod';
import { jsonObject } from '#api/schemas/common.ts';

/** An event of another system: CloudEvents 1.0 in structured JSON; what is wrong with it is told by whoever reads it. */
export const incomingEventBody = jsonObject.meta({
  id: 'IncomingEvent',
  description: 'CloudEvents 1.0, structured JSON: specversion, id, source, type, data, ...',
});

export const receptionSchema = z
  .strictObject({
    result: z
      .enum(['done', 'parked', 'ignored', 'duplicate'])
      .describe('parked: kept for the step that will wait for it'),
    outcome: z.string().nullable().describe('In a word or two'),
    workflowIds: z.array(z.string()),
  })
  .meta({ id: 'EventReception' });
