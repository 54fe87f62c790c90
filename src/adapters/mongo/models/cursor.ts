import { Schema } from 'mongoose';
import { SCHEMA_OPTIONS } from '#adapters/mongo/models/schema-options.ts';

/** How far a reader of the feed has come. */
export type CursorDocument = {
  /** The name of the cursor. */
  readonly _id: string;
  readonly fence: number;
  readonly position: string | null;
};

export const cursorSchema = new Schema<CursorDocument>(
  {
    _id: { type: String, required: true },
    fence: { type: Number, required: true },
    position: String,
  },
  SCHEMA_OPTIONS,
);
