import { z } from 'zod';
import { commitPlace } from '#adapters/mongo/commit-places.ts';
import type { FedWorkflow, FeedDocument } from '#adapters/mongo/models/feed.ts';
import { readDocument, time } from '#adapters/mongo/read-document.ts';
import { addUp, contribution, total, type Contribution } from '#adapters/mongo/tally.ts';

const feedBatch = z.object({
  _id: z.int().positive(),
  last: z.int().positive(),
  workflows: z.array(
    contribution.extend({ id: z.string(), from: z.int().positive(), to: z.int().positive() }),
  ),
  order: z.array(z.int().nonnegative()),
  totals: z.array(total),
});

const unfedWorkflow = z.object({
  _id: z.string(),
  version: z.int().positive(),
  status: contribution.shape.status,
  priority: contribution.shape.priority,
  startedAt: time.nullable(),
  completedAt: time.nullable(),
  log: z.array(commitPlace).min(1),
  spilledTo: z.int().nonnegative(),
  fedTo: z.int().nonnegative(),
  tallied: contribution.nullable(),
});
/** A workflow with commits that are not in the feed, which are all in `log`. */
export type UnfedWorkflow = z.output<typeof unfedWorkflow>;

export const UNFED_PROJECTION = {
  version: 1,
  status: 1,
  priority: 1,
  startedAt: 1,
  completedAt: 1,
  'log.from': 1,
  'log.token': 1,
  spilledTo: 1,
  fedTo: 1,
  tallied: 1,
} as const;

/** @throws CorruptRecordError */
export function toFeedBatch(document: unknown): FeedDocument {
  return readDocument(feedBatch, document, 'feed batch');
}

/** @throws CorruptRecordError naming the workflow */
export function toUnfedWorkflow(document: unknown): UnfedWorkflow {
  return readDocument(unfedWorkflow, document, 'workflow');
}

/**
 * The batch that follows on another. Commits are put in the order of their tokens, that is of the clocks of the processes
 * that made them; whatever the clocks say, those of one workflow stay in the order of its log.
 * @param before null: the feed is empty
 * @param unfed at least one
 */
export function nextBatch(
  before: FeedDocument | null,
  unfed: readonly UnfedWorkflow[],
): FeedDocument {
  const workflows = unfed.map(toFedWorkflow);
  const runs = unfed.flatMap(runsOf).toSorted((a, b) => compare(a.token, b.token));
  const first = (before?.last ?? 0) + 1;
  const events = runs.reduce((sum, { amount }) => sum + amount, 0);
  return {
    _id: first,
    last: first + events - 1,
    workflows,
    order: runs.flatMap(({ index, amount }) => [index, amount]),
    totals: addUp(
      before?.totals ?? [],
      unfed.map((workflow) => ({ before: workflow.tallied, after: contributionOf(workflow) })),
    ),
  };
}

function contributionOf({ status, priority, startedAt, completedAt }: UnfedWorkflow): Contribution {
  const timed = startedAt !== null && completedAt !== null;
  return { status, priority, tookMs: timed ? completedAt - startedAt : null };
}

function toFedWorkflow(workflow: UnfedWorkflow): FedWorkflow {
  const { _id: id, fedTo, version } = workflow;
  return { id, from: fedTo + 1, to: version, ...contributionOf(workflow) };
}

/** Events of one commit: so many of the workflow at this index. */
type Run = { readonly index: number; readonly token: string; readonly amount: number };

function runsOf({ log, fedTo, version }: UnfedWorkflow, index: number): readonly Run[] {
  const unfed = log.filter(({ from }) => from > fedTo);
  let latest = '';
  return unfed.map(({ from, token }, place) => {
    if (compare(latest, token) < 0) latest = token;
    return { index, token: latest, amount: (unfed[place + 1]?.from ?? version + 1) - from };
  });
}

/** Tokens are hexadecimal times first: plain order of characters. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
