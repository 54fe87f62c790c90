import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { BusyRetry } from '#adapters/sqlite/busy-retry.ts';
import { asStoreError, isBusy, isUnavailable } from '#adapters/sqlite/sqlite-errors.ts';

/**
 * Group commit: one fsync for all that was asked of the store within one turn of the event loop.
 *
 * `waiting` holds writes that no transaction has seen yet; `write` adds to it, `drain` takes from it (and a refusal, G4).
 * There is one drain at a time: it waits for the turn to end, takes a batch, commits it, and goes on until nothing waits.
 *
 * G1. A transaction begins and ends within one synchronous stretch: no read of this process sees half of it.
 * G2. A promise is resolved after COMMIT has returned, and rejected after ROLLBACK: nothing is acknowledged in between.
 * G3. When the store can't answer, the whole batch is rejected and nothing of it exists.
 * G4. When it is busy for too long, what came meanwhile is rejected too: nobody waits longer than the retry's limit.
 * G5. A write that is itself at fault is rejected alone: the others of its batch are committed without it.
 * A crash leaves what was committed; what was waiting was never acknowledged. (A crash between COMMIT and the
 * acknowledgement leaves a write that its caller has no answer to: compare-and-set tells when it asks again.)
 */
export type GroupCommit = {
  /** @param work runs inside the transaction; synchronous, and free of effects elsewhere because it may be run again. */
  write<T>(work: () => T): Promise<T>;
  /** Commits what waits and takes no more. */
  close(): Promise<void>;
};

/** One group commit, for metrics. */
export type GroupCommitReport = {
  /** Writes that it gathered. */
  readonly writes: number;
  /** 1: the store was free at once; else how often it was tried. */
  readonly attempts: number;
  /** From the first try to COMMIT or to giving up. */
  readonly durationMs: number;
  readonly committed: boolean;
};

export type GroupCommitOptions = {
  readonly retry: BusyRetry;
  /** Must not throw. */
  readonly onGroupCommit: (report: GroupCommitReport) => void;
};

/** Bounds how long one transaction keeps the event loop and the other processes waiting: some 20 ms of inserts. */
const MAX_WRITES = 256;

type Waiting = {
  /** @returns what tells the caller, once all is committed */
  apply(): () => void;
  reject(error: unknown): void;
};

/** @param database nobody else may begin transactions on this connection */
export function createGroupCommit(
  database: DatabaseSync,
  { retry, onGroupCommit }: GroupCommitOptions,
): GroupCommit {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const waiting: Waiting[] = [];
  let draining: Promise<void> | null = null;
  let closed = false;

  function write<T>(work: () => T): Promise<T> {
    if (closed) return Promise.reject(new StoreUnavailableError('the SQLite store is closed'));
    return new Promise<T>((resolve, reject) => {
      const apply = () => {
        const result = work();
        return () => resolve(result);
      };
      waiting.push({ apply, reject });
      draining ??= drain();
    });
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      await nextTurn();
      await commitTogether(waiting.splice(0, MAX_WRITES));
    }
    draining = null;
  }

  async function commitTogether(batch: readonly Waiting[]): Promise<void> {
    const startedAt = performance.now();
    let attempts = 0;
    const report = (committed: boolean) =>
      onGroupCommit({
        writes: batch.length,
        attempts,
        durationMs: performance.now() - startedAt,
        committed,
      });
    let acknowledgements: readonly (() => void)[];
    try {
      acknowledgements = await retry((attempt) => {
        attempts = attempt;
        return transact(batch);
      });
    } catch (error) {
      report(false);
      return refuse(batch, error);
    }
    for (const acknowledge of acknowledgements) acknowledge();
    report(true);
  }

  async function refuse(batch: readonly Waiting[], error: unknown): Promise<void> {
    if (batch.length === 1 || isUnavailable(error)) {
      const cause = asStoreError(error);
      const late = isBusy(error) ? waiting.splice(0) : [];
      for (const { reject } of [...batch, ...late]) reject(cause);
    } else {
      for (const alone of batch) await commitTogether([alone]);
    }
  }

  function transact(batch: readonly Waiting[]): readonly (() => void)[] {
    begin.run();
    try {
      const acknowledgements = batch.map(({ apply }) => apply());
      commit.run();
      return acknowledgements;
    } catch (error) {
      // SQLite has rolled back by itself after some errors (a full disk, for one).
      if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  async function close(): Promise<void> {
    closed = true;
    await draining;
  }

  return { write, close };
}
