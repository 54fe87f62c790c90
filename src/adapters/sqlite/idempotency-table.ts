import type { DatabaseSync } from 'node:sqlite';
import type { IdempotencyRecord } from '#application/ports/workflow-store.ts';
import { integer, json, text } from '#adapters/sqlite/row.ts';
import { createSweep } from '#adapters/sqlite/sweep.ts';

/** Remembered starts. Times are epoch ms; a record holds while `now < expiresAt`. */
export type IdempotencyTable = {
  find(key: string, now: number): IdempotencyRecord | null;
  /** Inside a transaction, after `find` gave null: an expired record of the key is overwritten. */
  put(record: IdempotencyRecord, now: number): void;
};

export function createIdempotencyTable(database: DatabaseSync): IdempotencyTable {
  const select = database.prepare('SELECT * FROM idempotency WHERE key = ? AND expires_at > ?');
  const upsert = database.prepare(
    'INSERT OR REPLACE INTO idempotency (key, fingerprint, workflow_id, response, expires_at) VALUES (?, ?, ?, ?, ?)',
  );
  const remove = database.prepare(
    'DELETE FROM idempotency WHERE key IN (SELECT key FROM idempotency WHERE expires_at <= ? LIMIT ?)',
  );
  const sweep = createSweep((now, limit) => Number(remove.run(now, limit).changes));

  function find(key: string, now: number): IdempotencyRecord | null {
    const row = select.get(key, now);
    if (!row) return null;
    const record = `idempotency record ${key}`;
    return {
      key,
      fingerprint: text(row, 'fingerprint', record),
      workflowId: text(row, 'workflow_id', record),
      response: json(row, 'response', record),
      expiresAt: integer(row, 'expires_at', record),
    };
  }

  function put(record: IdempotencyRecord, now: number): void {
    const { key, fingerprint, workflowId, response, expiresAt } = record;
    upsert.run(key, fingerprint, workflowId, JSON.stringify(response), expiresAt);
    sweep(now);
  }

  return { find, put };
}
