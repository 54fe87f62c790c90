import type { DatabaseSync } from 'node:sqlite';
import type { InboundRecord } from '#application/ports/inbound-log.ts';
import { integer, text } from '#adapters/sqlite/row.ts';
import { createSweep } from '#adapters/sqlite/sweep.ts';

/** Events from outside that have taken effect. Synchronous; `record` runs inside a transaction. */
export type InboundTable = {
  find(source: string, eventId: string, now: number): InboundRecord | null;
  record(record: InboundRecord): InboundRecord;
};

export function createInboundTable(database: DatabaseSync): InboundTable {
  const select = database.prepare(
    'SELECT * FROM inbound WHERE source = ? AND event_id = ? AND expires_at > ?',
  );
  const upsert = database.prepare(
    `INSERT OR REPLACE INTO inbound (source, event_id, fingerprint, outcome, recorded_at, expires_at)
      VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const remove = database.prepare(
    `DELETE FROM inbound WHERE (source, event_id) IN
      (SELECT source, event_id FROM inbound WHERE expires_at <= ? LIMIT ?)`,
  );
  const sweep = createSweep((now, limit) => Number(remove.run(now, limit).changes));

  function find(source: string, eventId: string, now: number): InboundRecord | null {
    const row = select.get(source, eventId, now);
    if (!row) return null;
    const name = `the record of event ${eventId} of ${source}`;
    return {
      source,
      eventId,
      fingerprint: text(row, 'fingerprint', name),
      outcome: text(row, 'outcome', name),
      recordedAt: integer(row, 'recorded_at', name),
      expiresAt: integer(row, 'expires_at', name),
    };
  }

  return {
    find,
    record(record) {
      const { source, eventId, fingerprint, outcome, recordedAt, expiresAt } = record;
      const earlier = find(source, eventId, recordedAt);
      if (earlier !== null) return earlier;
      upsert.run(source, eventId, fingerprint, outcome, recordedAt, expiresAt);
      sweep(recordedAt);
      return record;
    },
  };
}
