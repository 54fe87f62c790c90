import { z } from 'zod';
import { decodeCursor } from '#api/cursor.ts';
import { line } from '#api/schemas/common.ts';
import {
  WORKFLOW_PRIORITIES,
  WORKFLOW_STATUSES,
  WORKFLOW_TYPES,
} from '#domain/workflow/vocabulary.ts';

/** A date (midnight UTC) or a time with its offset; a time without one would mean another moment on another machine. */
const moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'must be ISO 8601: a date, or a time with its offset',
  })
  .transform((text) => Date.parse(text));

const cursor = z.string().transform((text, context) => {
  const decoded = decodeCursor(text);
  if (decoded !== null) return decoded;
  context.addIssue({ code: 'custom', message: 'is not a nextCursor of an earlier page' });
  return z.NEVER;
});

/** GET /workflows (SPEC 5); all given filters must hold, `from` <= createdAt < `to`. */
export const workflowListQuery = {
  schema: z.strictObject({
    status: z.array(z.enum(WORKFLOW_STATUSES)).min(1).exactOptional(),
    workflowType: z.enum(WORKFLOW_TYPES).exactOptional(),
    priority: z.enum(WORKFLOW_PRIORITIES).exactOptional(),
    correlationId: line(200).exactOptional(),
    from: moment.exactOptional(),
    to: moment.exactOptional(),
    cursor: cursor.optional(),
    limit: z.int().min(1).max(200).default(50),
  }),
  lists: ['status'],
  numbers: ['limit'],
} as const;
