import { Schema } from 'mongoose';
import { PART_OPTIONS, SCHEMA_OPTIONS } from '#adapters/mongo/models/schema-options.ts';
import type { Contribution, Total } from '#adapters/mongo/tally.ts';

/** A workflow in a batch: which of its events the batch has, and what it counts as after them. */
export type FedWorkflow = Contribution & {
  readonly id: string;
  readonly from: number;
  readonly to: number;
};

/** A batch of the feed: places of events, not the events. Never changed. */
export type FeedDocument = {
  /** Position of its first event: one more than the last of the batch before. */
  readonly _id: number;
  readonly last: number;
  readonly workflows: readonly FedWorkflow[];
  /** Pairs (index into workflows, number of its next events), in the order of the feed. */
  readonly order: readonly number[];
  /** Of all workflows, after this batch. */
  readonly totals: readonly Total[];
};

const fedSchema = new Schema<FedWorkflow>(
  { id: String, from: Number, to: Number, status: String, priority: String, tookMs: Number },
  { ...PART_OPTIONS, id: false },
);

const totalSchema = new Schema<Total>(
  { status: String, priority: String, workflows: Number, timed: Number, executionMs: Number },
  PART_OPTIONS,
);

export const feedSchema = new Schema<FeedDocument>(
  {
    _id: { type: Number, required: true },
    last: { type: Number, required: true },
    workflows: { type: [fedSchema], required: true },
    order: { type: [Number], required: true },
    totals: { type: [totalSchema], required: true },
  },
  SCHEMA_OPTIONS,
);

export const FEED_INDEX = { last: 1 } as const;
feedSchema.index(FEED_INDEX, { unique: true });
