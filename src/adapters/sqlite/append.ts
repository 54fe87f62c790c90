import type { DatabaseSync } from 'node:sqlite';
import type { AppendResult } from '#application/ports/workflow-store.ts';
import type { CommitRows } from '#adapters/sqlite/commit-rows.ts';
import { createHeadWriter } from '#adapters/sqlite/head-writer.ts';
import type { IdempotencyTable } from '#adapters/sqlite/idempotency-table.ts';

/** The write of a commit, inside a transaction. It checks before it writes, so a refusal leaves nothing behind. */
export function createAppend(
  database: DatabaseSync,
  idempotency: IdempotencyTable,
): (rows: CommitRows) => AppendResult {
  const heads = createHeadWriter(database);
  const record = database.prepare(
    'INSERT INTO events (workflow_id, version, type, occurred_at, data) VALUES (?, ?, ?, ?, ?)',
  );

  return ({ expectedVersion, head, events, idempotency: asked, committedAt }) => {
    const [workflowId = null] = head;
    const known = asked && idempotency.find(asked.key, committedAt);
    if (known) return { kind: 'duplicate', record: known };
    const moved = expectedVersion === 0 ? heads.create(head) : heads.move(head, expectedVersion);
    if (!moved) return { kind: 'conflict' };
    let version = expectedVersion;
    for (const event of events) {
      version += 1;
      record.run(workflowId, version, ...event);
    }
    if (asked) idempotency.put(asked, committedAt);
    return { kind: 'committed' };
  };
}
