import { assertContinuous } from '#application/assert-continuous.ts';
import type { DatabaseSync } from 'node:sqlite';
import type { AppendResult, Commit } from '#application/ports/workflow-store.ts';
import { createHeadWriter } from '#adapters/sqlite/head-writer.ts';
import type { IdempotencyTable } from '#adapters/sqlite/idempotency-table.ts';

/**
 * The write of a commit. `prepare` does all that can fail for the caller's reasons before any transaction is begun, and
 * gives the work for inside one: it checks before it writes, so a refusal leaves nothing behind.
 * @returns prepare, which throws TypeError for a commit that is no continuation of its expected version
 */
export function createAppend(
  database: DatabaseSync,
  idempotency: IdempotencyTable,
): (commit: Commit) => () => AppendResult {
  const heads = createHeadWriter(database);
  const record = database.prepare(
    'INSERT INTO events (workflow_id, version, type, occurred_at, data) VALUES (?, ?, ?, ?, ?)',
  );

  return function prepare(commit) {
    assertContinuous(commit);
    const { expectedVersion, head } = commit;
    const rows = commit.events.map(
      ({ workflowId, version, occurredAt, event }) =>
        [workflowId, version, event.type, occurredAt, JSON.stringify(event)] as const,
    );

    return function append() {
      // The commit's own time, so that it is judged by the clock that set `expiresAt`.
      const now = head.updatedAt;
      const known = commit.idempotency && idempotency.find(commit.idempotency.key, now);
      if (known) return { kind: 'duplicate', record: known };
      const moved = expectedVersion === 0 ? heads.create(head) : heads.move(head, expectedVersion);
      if (!moved) return { kind: 'conflict' };
      for (const row of rows) record.run(...row);
      if (commit.idempotency) idempotency.put(commit.idempotency, now);
      return { kind: 'committed' };
    };
  };
}
