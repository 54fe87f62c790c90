import { Schema } from 'mongoose';
import type { HeadFields } from '#adapters/mongo/head-fields.ts';
import { commitSchema } from '#adapters/mongo/models/commit.ts';
import { PART_OPTIONS, SCHEMA_OPTIONS } from '#adapters/mongo/models/schema-options.ts';
import type { StoredCommitDocument } from '#adapters/mongo/stored-commit.ts';
import type { Contribution } from '#adapters/mongo/tally.ts';

/** A remembered start, in the document of the workflow that it has created: both come to be in one write. */
export type RememberedStart = {
  readonly key: string;
  readonly fingerprint: string;
  /** JSON text */
  readonly response: string;
  readonly expiresAt: Date;
};

/** A workflow: its head, the newer part of its log, and how far the feed has come with it. */
export type WorkflowDocument = HeadFields & {
  readonly _id: string;
  /** Events after `spilledTo`, in order; those up to it are in chunks. */
  readonly log: readonly StoredCommitDocument[];
  /** About how large `log` is. */
  readonly logBytes: number;
  readonly spilledTo: number;
  readonly idempotency?: RememberedStart;
  /** Events up to this version are in the feed. */
  readonly fedTo: number;
  /** What the workflow counts as in the totals of the feed; null: it is not in there yet. */
  readonly tallied: Contribution | null;
  /** Token of the oldest commit that is not in the feed; absent: all are. */
  readonly unfedSince?: string;
};

const contributionSchema = new Schema<Contribution>(
  { status: String, priority: String, tookMs: Number },
  PART_OPTIONS,
);

const rememberedSchema = new Schema<RememberedStart>(
  { key: String, fingerprint: String, response: String, expiresAt: Date },
  PART_OPTIONS,
);

export const workflowSchema = new Schema<WorkflowDocument>(
  {
    _id: { type: String, required: true },
    version: { type: Number, required: true },
    status: { type: String, required: true },
    workflowType: { type: String, required: true },
    priority: { type: String, required: true },
    correlationId: String,
    definitionId: { type: String, required: true },
    definitionVersion: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
    startedAt: Date,
    completedAt: Date,
    wakeAt: Date,
    lane: String,
    cutOffAt: Date,
    log: { type: [commitSchema], required: true },
    logBytes: { type: Number, required: true },
    spilledTo: { type: Number, required: true },
    idempotency: rememberedSchema,
    fedTo: { type: Number, required: true },
    tallied: contributionSchema,
    unfedSince: String,
  },
  SCHEMA_OPTIONS,
);

/** The order of pages, at the end of each index that a page may be read from. */
const NEWEST = { createdAt: -1, _id: -1 } as const;

/**
 * Every index by the question that it answers; queries name theirs (`hint`), so that no plan is guessed. A page filtered by
 * type or correlation id alone names all statuses: the server merges that many ranges in the order of the page.
 */
export const WORKFLOW_INDEXES = {
  newest: NEWEST,
  byStatus: { status: 1, ...NEWEST },
  byType: { workflowType: 1, status: 1, ...NEWEST },
  byCorrelation: { correlationId: 1, status: 1, ...NEWEST },
  byPriority: { priority: 1, ...NEWEST },
  byWake: { wakeAt: 1, _id: 1 },
  byLane: { lane: 1, status: 1, priority: 1, createdAt: 1, _id: 1 },
  byCutOff: { cutOffAt: 1, _id: 1 },
  byKey: { 'idempotency.key': 1 },
  byExpiry: { 'idempotency.expiresAt': 1 },
  unfed: { unfedSince: 1 },
} as const;

/** In the index of wake times: whatever has one. A query must say the same for the index to serve it. */
export const HAS_WAKE_TIME = { $gte: new Date(0) } as const;

/** The same for lanes. */
export const HAS_LANE = { $gte: '' } as const;

workflowSchema.index(WORKFLOW_INDEXES.newest);
workflowSchema.index(WORKFLOW_INDEXES.byStatus);
workflowSchema.index(WORKFLOW_INDEXES.byType);
workflowSchema.index(WORKFLOW_INDEXES.byCorrelation);
workflowSchema.index(WORKFLOW_INDEXES.byPriority);
workflowSchema.index(WORKFLOW_INDEXES.byWake, {
  partialFilterExpression: { wakeAt: HAS_WAKE_TIME },
});
workflowSchema.index(WORKFLOW_INDEXES.byLane, { partialFilterExpression: { lane: HAS_LANE } });
workflowSchema.index(WORKFLOW_INDEXES.byCutOff, {
  partialFilterExpression: { cutOffAt: HAS_WAKE_TIME },
});
workflowSchema.index(WORKFLOW_INDEXES.byKey, {
  unique: true,
  partialFilterExpression: { 'idempotency.key': { $exists: true } },
});
// No TTL index: it would remove the document, and with it the workflow. `createIdempotency` takes the record out.
workflowSchema.index(WORKFLOW_INDEXES.byExpiry, {
  partialFilterExpression: { 'idempotency.expiresAt': { $exists: true } },
});
workflowSchema.index(WORKFLOW_INDEXES.unfed, {
  partialFilterExpression: { unfedSince: { $exists: true } },
});
