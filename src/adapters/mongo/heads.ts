import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import { HEAD_PROJECTION, toHead } from '#adapters/mongo/head-fields.ts';
import { listQuery } from '#adapters/mongo/list-query.ts';
import type { Collections, Models } from '#adapters/mongo/models.ts';
import { HAS_WAKE_TIME, WORKFLOW_INDEXES } from '#adapters/mongo/models/workflow.ts';

/** Heads: reads, and the one write that is no event. Rejects with CorruptRecordError, and the driver's errors. */
export type Heads = Pick<
  WorkflowStore,
  'currentVersion' | 'list' | 'overdue' | 'writtenAfter' | 'postpone'
>;

/** The end of the year 9999, up to which all that reads BSON agrees on dates; a caller may ask for what is due at any time. */
const LAST_TIME = Date.UTC(10_000, 0) - 1;

export function createHeads({ workflows }: Models, collections: Collections): Heads {
  return {
    async currentVersion(workflowId) {
      const document = await workflows.findOne({ _id: workflowId }, { version: 1 }).lean();
      return document?.version ?? 0;
    },
    async list(filter, after, limit) {
      if (filter.status?.length === 0 || limit <= 0) return [];
      const { where, index } = listQuery(filter, after);
      const documents = await workflows
        .find(where, HEAD_PROJECTION)
        .sort(WORKFLOW_INDEXES.newest)
        .hint(index)
        .limit(limit)
        .lean();
      return documents.map(toHead);
    },
    async overdue(now, limit) {
      if (limit <= 0) return [];
      const documents = await workflows
        .find(
          { wakeAt: { ...HAS_WAKE_TIME, $lte: new Date(Math.min(now, LAST_TIME)) } },
          HEAD_PROJECTION,
        )
        .sort(WORKFLOW_INDEXES.byWake)
        .hint(WORKFLOW_INDEXES.byWake)
        .limit(limit)
        .lean();
      return documents.map(toHead);
    },
    async writtenAfter(time, limit) {
      if (limit <= 0) return [];
      const after = { $gt: new Date(time) };
      const documents = await workflows
        .find({ wakeAt: { ...HAS_WAKE_TIME, ...after }, updatedAt: after }, HEAD_PROJECTION)
        .sort(WORKFLOW_INDEXES.byWake)
        .hint(WORKFLOW_INDEXES.byWake)
        .limit(limit)
        .lean();
      return documents.map(toHead);
    },
    async postpone(wakes) {
      if (wakes.length === 0) return;
      const updates = wakes.map(({ workflowId, version, wakeAt }) => ({
        updateOne: {
          filter: { _id: workflowId, version },
          update: { $set: { wakeAt: new Date(wakeAt) } },
        },
      }));
      await collections.workflows.bulkWrite(updates, { ordered: false });
    },
  };
}
