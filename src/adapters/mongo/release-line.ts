import type { QueryFilter } from 'mongoose';
import { z } from 'zod';
import type { LinePlace, ReleaseQueue } from '#application/ports/release-queue.ts';
import {
  ON_FLOOR_STATUSES,
  WORKFLOW_PRIORITIES,
  WORKFLOW_STATUSES,
  type WorkflowPriority,
} from '#domain/workflow/vocabulary.ts';
import { HEAD_PROJECTION, toHead } from '#adapters/mongo/head-fields.ts';
import type { Models } from '#adapters/mongo/models.ts';
import {
  HAS_LANE,
  WORKFLOW_INDEXES,
  type WorkflowDocument,
} from '#adapters/mongo/models/workflow.ts';
import { readDocument, time } from '#adapters/mongo/read-document.ts';

const tally = z.object({
  _id: z.object({
    lane: z.string(),
    status: z.enum(WORKFLOW_STATUSES),
    priority: z.enum(WORKFLOW_PRIORITIES),
  }),
  orders: z.int(),
  oldestAt: time,
});

/** The line of the orders that wait for their release. Rejects with CorruptRecordError, and the driver's errors. */
export function createReleaseLine({ workflows }: Models): ReleaseQueue {
  return {
    async lanes() {
      // Read from the partial index alone: its size is that of the floor and its backlog, not of the store.
      const documents: readonly unknown[] = await workflows
        .aggregate([
          { $match: { lane: HAS_LANE } },
          {
            $group: {
              _id: { lane: '$lane', status: '$status', priority: '$priority' },
              orders: { $sum: 1 },
              oldestAt: { $min: '$createdAt' },
            },
          },
        ])
        .hint(WORKFLOW_INDEXES.byLane);
      return documents.map((document) => {
        const { _id, orders, oldestAt } = readDocument(tally, document, 'lane');
        return { ..._id, orders, oldestAt };
      });
    },
    async waiting(lane, priority, after, limit) {
      if (limit <= 0) return [];
      const documents = await workflows
        .find(inLine(lane, priority, after === null ? {} : behind(after)), HEAD_PROJECTION)
        .sort({ createdAt: 1, _id: 1 })
        .hint(WORKFLOW_INDEXES.byLane)
        .limit(limit)
        .lean();
      return documents.map(toHead);
    },
    async waitingForCutOff(from, to, limit) {
      if (limit <= 0) return [];
      const documents = await workflows
        .find(
          { cutOffAt: { $gte: new Date(Math.max(0, from)), $lt: new Date(to) } },
          HEAD_PROJECTION,
        )
        .sort(WORKFLOW_INDEXES.byCutOff)
        .hint(WORKFLOW_INDEXES.byCutOff)
        .limit(limit)
        .lean();
      return documents.map(toHead);
    },
    async onFloor(lane) {
      return await workflows
        .countDocuments({ lane, status: { $in: [...ON_FLOOR_STATUSES] } })
        .hint(WORKFLOW_INDEXES.byLane);
    },
    async countAhead(lane, priority, place) {
      return await workflows
        .countDocuments(inLine(lane, priority, ahead(place)))
        .hint(WORKFLOW_INDEXES.byLane);
    },
  };
}

function inLine(
  lane: string,
  priority: WorkflowPriority,
  range: QueryFilter<WorkflowDocument>,
): QueryFilter<WorkflowDocument> {
  return { lane, status: 'PENDING', priority, ...range };
}

/** Within the same moment the id decides. */
function behind({ createdAt, workflowId }: LinePlace): QueryFilter<WorkflowDocument> {
  const moment = new Date(createdAt);
  return {
    createdAt: { $gte: moment },
    $or: [{ createdAt: { $gt: moment } }, { _id: { $gt: workflowId } }],
  };
}

function ahead({ createdAt, workflowId }: LinePlace): QueryFilter<WorkflowDocument> {
  const moment = new Date(createdAt);
  return {
    createdAt: { $lte: moment },
    $or: [{ createdAt: { $lt: moment } }, { _id: { $lt: workflowId } }],
  };
}
