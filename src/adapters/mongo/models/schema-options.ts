/**
 * For every schema: fields that it does not name are refused; no index and no collection is made behind our back (that is
 * `npm run db:migrate`); documents hold what we put in, no `__v`.
 */
export const SCHEMA_OPTIONS = {
  strict: 'throw',
  strictQuery: 'throw',
  autoIndex: false,
  autoCreate: false,
  versionKey: false,
  minimize: false,
} as const;

/** For sub-documents. */
export const PART_OPTIONS = { ...SCHEMA_OPTIONS, _id: false } as const;
