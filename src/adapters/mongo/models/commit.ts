import { Schema } from 'mongoose';
import type { StoredCommitDocument } from '#adapters/mongo/stored-commit.ts';
import { PART_OPTIONS } from '#adapters/mongo/models/schema-options.ts';

const eventSchema = new Schema<StoredCommitDocument['events'][number]>(
  { at: { type: Date, required: true }, data: { type: String, required: true } },
  PART_OPTIONS,
);

/** An element of a log, here and in the chunks. */
export const commitSchema = new Schema<StoredCommitDocument>(
  {
    from: { type: Number, required: true },
    token: { type: String, required: true },
    schema: { type: Number, required: true },
    events: { type: [eventSchema], required: true },
  },
  // A field may not be called `schema` where mongoose makes documents; we read lean and write natively.
  { ...PART_OPTIONS, suppressReservedKeysWarning: true },
);
