import { z } from 'zod';
import { fieldProblem, isoTime } from '#api/schemas/common.ts';

/** The body of every refusal: RFC 9457, and the further fields of SPEC 5. */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    timestamp: isoTime,
    error: z.string(),
    message: z.string(),
    path: z.string(),
    validationErrors: z.array(fieldProblem),
    requestId: z.string(),
  })
  .meta({ id: 'Problem' });
