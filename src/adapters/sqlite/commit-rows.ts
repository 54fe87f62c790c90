import type { SQLInputValue } from 'node:sqlite';
import { assertContinuous } from '#application/assert-continuous.ts';
import type { Commit, IdempotencyRecord } from '#application/ports/workflow-store.ts';
import { toHeadRow, type HeadRow } from '#adapters/sqlite/head-row.ts';

/**
 * A commit as the tables take it. It goes to the write thread in this shape: names of properties, and ids that each event repeats,
 * would make up most of what is carried over, and the event loop would pay for it.
 */
export type CommitRows = {
  readonly expectedVersion: number;
  readonly head: HeadRow;
  /** type, occurred_at and data of each event; their versions follow on the expected one. */
  readonly events: readonly (readonly [string, SQLInputValue, string])[];
  readonly idempotency: IdempotencyRecord | null;
  /** By the clock that set the expiry of idempotency records, epoch ms. */
  readonly committedAt: number;
};

/** @throws TypeError for a commit that is no continuation of its expected version, or whose events are no JSON */
export function toCommitRows(commit: Commit): CommitRows {
  assertContinuous(commit);
  const { expectedVersion, head, idempotency = null } = commit;
  return {
    expectedVersion,
    head: toHeadRow(head),
    events: commit.events.map(
      ({ occurredAt, event }) => [event.type, occurredAt, JSON.stringify(event)] as const,
    ),
    idempotency,
    committedAt: head.updatedAt,
  };
}
