import { setTimeout as delay } from 'node:timers/promises';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { AppendResult, Commit } from '#application/ports/workflow-store.ts';
import { createBatching, type BatchReport } from '#adapters/mongo/batching.ts';
import type { Bounded } from '#adapters/mongo/bounded.ts';
import type { Idempotency } from '#adapters/mongo/idempotency.ts';
import type { LookUp } from '#adapters/mongo/look-up.ts';
import type { Collections } from '#adapters/mongo/models.ts';
import {
  prepareCommit,
  toNewDocument,
  type PreparedCommit,
} from '#adapters/mongo/prepared-commit.ts';
import {
  writeInserts,
  writeUpdates,
  type WorkflowWrite,
  type WriteOutcome,
} from '#adapters/mongo/write-batch.ts';

export type AppendParts = {
  readonly collections: Collections;
  readonly lookUp: LookUp;
  readonly idempotency: Idempotency;
  readonly spill: (prepared: PreparedCommit) => Promise<boolean>;
  /** A log of this size goes to a chunk before the next commit. */
  readonly spillBytes: number;
  readonly onGroupCommit: (report: BatchReport) => void;
  /** Of a batch: others wait behind it. */
  readonly bounded: Bounded;
};

const COMMITTED = { kind: 'committed' } as const;
const CONFLICT = { kind: 'conflict' } as const;

/** Each further try follows on a change by somebody else (an expired key freed, a full log spilled). */
const MAX_ATTEMPTS = 10;
const PAUSE_MS = 5;

/**
 * The write of a commit: one document, changed in one write that matches only at the expected version. Commits of one turn
 * share a command (`batching.ts`); a creation is an insert, its idempotency record within.
 *
 * A1. 'committed' is answered only when a majority has the write in its journal.
 * A2. A write that did not clearly go through is looked up. Its token in the log proves that it did, whatever the answer to
 *     the command was (the driver repeats a command whose answer was lost); another's token at its version proves that it
 *     did not. Nothing but the log decides.
 * A3. A document whose log is full matches no plain commit; the commit that finds it so moves the log out (`spill.ts`).
 *
 * A commit that is rejected as unavailable may be in the store nevertheless: its caller learns it from the conflict that
 * the same commit meets next time, as with every store that can break between a write and its answer.
 */
export function createAppend(parts: AppendParts): (commit: Commit) => Promise<AppendResult> {
  const { collections, lookUp, idempotency, spill, spillBytes, onGroupCommit, bounded } = parts;
  const write = createBatching(
    (batch: readonly PreparedCommit[]) => bounded(() => writeBatch(batch)),
    onGroupCommit,
  );

  return async (commit) => {
    const prepared = prepareCommit(commit);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const outcome = await write(prepared);
      if (outcome.kind === 'done') return COMMITTED;
      if (outcome.kind === 'failed') throw outcome.error;
      const settled = await settle(prepared);
      if (settled !== null) return settled;
      await delay(PAUSE_MS * (attempt - 1));
    }
    throw new StoreUnavailableError(
      `a commit on workflow ${commit.head.workflowId} was neither taken nor refused in ${MAX_ATTEMPTS} attempts`,
    );
  };

  async function writeBatch(batch: readonly PreparedCommit[]): Promise<readonly WriteOutcome[]> {
    const creations = batch.filter(isCreation);
    const moves = batch.filter((prepared) => !isCreation(prepared));
    const [inserted, updated] = await Promise.all([
      writeInserts(collections.workflows, creations.map(toNewDocument)),
      writeUpdates(collections.workflows, moves.map(toUpdate)),
    ]);
    const outcomes = new Map<PreparedCommit, WriteOutcome>();
    inserted.forEach((outcome, index) => note(creations[index], outcome));
    updated.forEach((outcome, index) => note(moves[index], outcome));
    return batch.map((prepared) => outcomes.get(prepared) ?? { kind: 'in-question' });

    function note(prepared: PreparedCommit | undefined, outcome: WriteOutcome): void {
      if (prepared !== undefined) outcomes.set(prepared, outcome);
    }
  }

  function toUpdate({ commit, head, stored, bytes }: PreparedCommit): WorkflowWrite {
    return {
      updateOne: {
        filter: {
          _id: commit.head.workflowId,
          version: commit.expectedVersion,
          logBytes: { $lt: spillBytes },
        },
        update: {
          $set: head,
          $push: { log: stored },
          $inc: { logBytes: bytes },
          // The oldest stays: a workflow that the feed has not caught up with costs no further index entries.
          $min: { unfedSince: stored.token },
        },
      },
    };
  }

  /** What became of a write in question; null: it was not taken, and may be tried again. */
  async function settle(prepared: PreparedCommit): Promise<AppendResult | null> {
    const { commit, stored } = prepared;
    const situation = await lookUp.situation(commit.head.workflowId);
    if (situation !== null && situation.version >= stored.from) {
      const token = await lookUp.tokenAt(situation, stored.from);
      if (token === stored.token) return COMMITTED;
    }
    if (commit.idempotency) {
      const { key } = commit.idempotency;
      // The commit's own time, so that it is judged by the clock that set `expiresAt`.
      const now = commit.head.updatedAt;
      const record = await idempotency.findOrRelease(key, now);
      if (record !== null) return { kind: 'duplicate', record };
    }
    if ((situation?.version ?? 0) !== commit.expectedVersion) return CONFLICT;
    if (situation === null || situation.logBytes < spillBytes) return null;
    return (await spill(prepared)) ? COMMITTED : null;
  }
}

function isCreation({ commit }: PreparedCommit): boolean {
  return commit.expectedVersion === 0;
}
