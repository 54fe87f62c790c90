import { Schema } from 'mongoose';
import { SCHEMA_OPTIONS } from '#adapters/mongo/models/schema-options.ts';

export type DefinitionDocument = {
  readonly definitionId: string;
  readonly version: number;
  /** As authored, JSON text */
  readonly source: string;
  readonly createdAt: Date;
  readonly retired: boolean;
};

export const definitionSchema = new Schema<DefinitionDocument>(
  {
    definitionId: { type: String, required: true },
    version: { type: Number, required: true },
    source: { type: String, required: true },
    createdAt: { type: Date, required: true },
    retired: { type: Boolean, required: true },
  },
  SCHEMA_OPTIONS,
);

export const DEFINITION_INDEX = { definitionId: 1, version: 1 } as const;
definitionSchema.index(DEFINITION_INDEX, { unique: true });
