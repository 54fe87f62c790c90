import { Schema } from 'mongoose';
import { SCHEMA_OPTIONS } from '#adapters/mongo/models/schema-options.ts';

/** A small text that must outlive Redis. */
export type NoteDocument = {
  /** The name of the note. */
  readonly _id: string;
  readonly text: string;
};

export const noteSchema = new Schema<NoteDocument>(
  {
    _id: { type: String, required: true },
    text: String,
  },
  SCHEMA_OPTIONS,
);
