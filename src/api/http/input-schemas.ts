import type { z } from 'zod';

/** What an endpoint takes. Parameters of the path that do not fit mean 404: nothing has such a name. */
export type InputSchemas = {
  readonly params?: z.ZodObject;
  readonly query?: QuerySchema;
  readonly headers?: z.ZodObject;
  readonly body?: { readonly schema: z.ZodType; readonly required: boolean };
};

export type QuerySchema = {
  readonly schema: z.ZodObject;
  /** Parameters that may be repeated or hold a comma-separated list. */
  readonly lists?: readonly string[];
  /** Parameters that are numbers. */
  readonly numbers?: readonly string[];
};
