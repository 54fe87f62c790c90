import { Schema } from 'mongoose';
import { commitSchema } from '#adapters/mongo/models/commit.ts';
import { SCHEMA_OPTIONS } from '#adapters/mongo/models/schema-options.ts';
import type { StoredCommitDocument } from '#adapters/mongo/stored-commit.ts';

/** A stretch of a log that has been moved out of the workflow's document. Never changed. */
export type ChunkDocument = {
  readonly workflowId: string;
  /** Versions of its first and last event. */
  readonly from: number;
  readonly to: number;
  readonly commits: readonly StoredCommitDocument[];
};

export const chunkSchema = new Schema<ChunkDocument>(
  {
    workflowId: { type: String, required: true },
    from: { type: Number, required: true },
    to: { type: Number, required: true },
    commits: { type: [commitSchema], required: true },
  },
  SCHEMA_OPTIONS,
);

export const CHUNK_INDEX = { workflowId: 1, to: 1 } as const;
chunkSchema.index(CHUNK_INDEX, { unique: true });
