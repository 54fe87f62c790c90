import type { Bounded } from '#adapters/mongo/bounded.ts';
import { spilledPlaces } from '#adapters/mongo/commit-places.ts';
import { DUPLICATE_KEY, codeOf } from '#adapters/mongo/mongo-errors.ts';
import {
  nextBatch,
  toFeedBatch,
  toUnfedWorkflow,
  UNFED_PROJECTION,
  type UnfedWorkflow,
} from '#adapters/mongo/feed-batch.ts';
import type { Collections, Models } from '#adapters/mongo/models.ts';
import { FEED_INDEX, type FedWorkflow, type FeedDocument } from '#adapters/mongo/models/feed.ts';
import { WORKFLOW_INDEXES } from '#adapters/mongo/models/workflow.ts';
import type { WorkflowWrite } from '#adapters/mongo/write-batch.ts';

/**
 * One order over all workflows, and their totals, without a transaction and without a counter that every commit would wait
 * for. A commit leaves a mark on its workflow (`unfedSince`). Whoever needs the feed, and every process that commits now and
 * then, gathers the marked workflows into a batch and puts it at the end of the feed. The feed holds places, not events.
 *
 * F1. Batch n+1 begins at the position after the last of batch n, and that position is its `_id`: of several writers who
 *     follow on the same batch one succeeds, and positions have neither gaps nor two meanings.
 * F2. Before a batch is put behind another, all workflows of that other one say that they are fed so far (`fedTo`, and the
 *     mark is taken off unless they have moved on). If its writer died before it was done, the next one does it: it is the
 *     same whoever does it, and done twice it is done once.
 * F3. So what is marked after F2 is in no batch up to n, all of it from `fedTo` on; if then batch n+1 can be put in (F1),
 *     nobody has fed anything in between. Each event is in the feed exactly once.
 * F4. All is read and written with a majority: a position that was given out is never taken back, and what it stands for is
 *     durable. A reader who follows the positions misses nothing: nothing is ever put in before a position that exists.
 * F5. A commit that was acknowledged is marked; whoever then waits for `bringUpToDate` finds it in the feed.
 */
export type FeedWriter = {
  /** Puts in whatever was committed before the call. @returns the last batch; null: the feed is empty */
  bringUpToDate(): Promise<FeedDocument | null>;
};

/** Bounds a batch in bytes and in the time that its marks take. */
const BATCH_LIMIT = 500;

/** @param bounded of each batch: everybody waits for the one who gathers */
export function createFeedWriter(
  models: Models,
  collections: Collections,
  bounded: Bounded,
): FeedWriter {
  const { workflows, feed } = models;
  /** Up to this position this process has itself seen to F2. */
  let finishedTo = 0;
  let running: Promise<FeedDocument | null> | null = null;
  let next: Promise<FeedDocument | null> | null = null;

  /** A pass under way may have looked too early for what was committed since: those who come meanwhile share the next. */
  function bringUpToDate(): Promise<FeedDocument | null> {
    if (running === null) {
      running = gather().finally(() => (running = null));
      return running;
    }
    next ??= running
      .catch(() => null)
      .then(() => {
        next = null;
        return bringUpToDate();
      });
    return next;
  }

  async function gather(): Promise<FeedDocument | null> {
    for (;;) {
      const { last, more } = await bounded(gatherOnce);
      if (!more) return last;
    }
  }

  async function gatherOnce(): Promise<{
    readonly last: FeedDocument | null;
    readonly more: boolean;
  }> {
    const before = await lastBatch();
    if (before !== null && before.last > finishedTo) await finish(before);
    const unfed = await marked();
    if (unfed.length === 0) return { last: before, more: false };
    const batch = nextBatch(before, unfed);
    if (!(await put(batch))) return { last: before, more: true }; // another process was quicker: follow on its batch
    await finish(batch);
    return { last: batch, more: unfed.length === BATCH_LIMIT };
  }

  async function lastBatch(): Promise<FeedDocument | null> {
    const document = await feed.findOne().sort({ last: -1 }).hint(FEED_INDEX).lean();
    return document === null ? null : toFeedBatch(document);
  }

  async function marked(): Promise<readonly UnfedWorkflow[]> {
    const documents = await workflows
      .find({ unfedSince: { $exists: true } }, UNFED_PROJECTION)
      .sort({ unfedSince: 1 })
      .hint(WORKFLOW_INDEXES.unfed)
      .limit(BATCH_LIMIT)
      .lean();
    return await Promise.all(documents.map(toUnfedWorkflow).map(withSpilled));
  }

  async function withSpilled(workflow: UnfedWorkflow): Promise<UnfedWorkflow> {
    const { _id, fedTo, spilledTo, log } = workflow;
    if (spilledTo <= fedTo) return workflow;
    const spilled = await spilledPlaces(models, _id, fedTo + 1, spilledTo);
    return { ...workflow, log: [...spilled, ...log] };
  }

  async function put(batch: FeedDocument): Promise<boolean> {
    try {
      await collections.feed.insertOne(batch);
      return true;
    } catch (error) {
      if (codeOf(error) === DUPLICATE_KEY) return false;
      throw error;
    }
  }

  /** F2 */
  async function finish(batch: FeedDocument): Promise<void> {
    const unmarked = batch.workflows.map((fed) => fedUpdate(fed, { version: fed.to }, MARK));
    const { matchedCount } = await collections.workflows.bulkWrite(unmarked, { ordered: false });
    if (matchedCount < unmarked.length) {
      const movedOn = batch.workflows.map((fed) => fedUpdate(fed, {}, {}));
      await collections.workflows.bulkWrite(movedOn, { ordered: false });
    }
    finishedTo = batch.last;
  }

  return { bringUpToDate };
}

const MARK = { $unset: { unfedSince: 1 } } as const;

/** Says of a workflow how far it is fed, if it does not say so (or more) yet. */
function fedUpdate(
  { id, to, status, priority, tookMs }: FedWorkflow,
  condition: { readonly version?: number },
  further: { readonly $unset?: { readonly unfedSince: 1 } },
): WorkflowWrite {
  const tallied = { status, priority, tookMs };
  return {
    updateOne: {
      filter: { _id: id, fedTo: { $lt: to }, ...condition },
      update: { $set: { fedTo: to, tallied }, ...further },
    },
  };
}
