import type { DatabaseSync } from 'node:sqlite';
import type { EventWait, ParkedEvent } from '#application/ports/event-waits.ts';
import { integer, json, text, type Row } from '#adapters/sqlite/row.ts';

/** Waiting steps and parked events. Synchronous; all but `expired` run inside a transaction, which makes each one step. */
export type Waits = {
  expect(wait: EventWait): readonly ParkedEvent[];
  deliver(event: ParkedEvent): readonly EventWait[];
  forget(wait: EventWait): void;
  drop(event: Pick<ParkedEvent, 'source' | 'eventId'>): void;
  expired(now: number, limit: number): readonly ParkedEvent[];
};

export function createWaits(database: DatabaseSync): Waits {
  const addWait = database.prepare(
    'INSERT OR IGNORE INTO event_waits (service, key, workflow_id, step_id) VALUES (?, ?, ?, ?)',
  );
  const removeWait = database.prepare(
    'DELETE FROM event_waits WHERE service = ? AND key = ? AND workflow_id = ? AND step_id = ?',
  );
  const waitsFor = database.prepare(
    'SELECT * FROM event_waits WHERE service = ? AND key = ? ORDER BY workflow_id, step_id',
  );
  const park = database.prepare(
    `INSERT OR IGNORE INTO parked_events (source, event_id, service, key, event, parked_at, expires_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const unpark = database.prepare('DELETE FROM parked_events WHERE source = ? AND event_id = ?');
  const parkedFor = database.prepare(
    'SELECT * FROM parked_events WHERE service = ? AND key = ? ORDER BY parked_at, source, event_id',
  );
  const expired = database.prepare(
    'SELECT * FROM parked_events WHERE expires_at <= ? ORDER BY expires_at, source, event_id LIMIT ?',
  );

  return {
    expect({ service, key, workflowId, stepId }) {
      addWait.run(service, key, workflowId, stepId);
      return parkedFor.all(service, key).map(toParked);
    },
    deliver({ service, key, source, eventId, event, parkedAt, expiresAt }) {
      park.run(source, eventId, service, key, JSON.stringify(event), parkedAt, expiresAt);
      return waitsFor.all(service, key).map(toWait);
    },
    forget({ service, key, workflowId, stepId }) {
      removeWait.run(service, key, workflowId, stepId);
    },
    drop({ source, eventId }) {
      unpark.run(source, eventId);
    },
    expired: (now, limit) => expired.all(now, limit).map(toParked),
  };
}

function toWait(row: Row): EventWait {
  const record = 'a wait for an event';
  return {
    service: text(row, 'service', record),
    key: text(row, 'key', record),
    workflowId: text(row, 'workflow_id', record),
    stepId: text(row, 'step_id', record),
  };
}

function toParked(row: Row): ParkedEvent {
  const eventId = text(row, 'event_id', 'a parked event');
  const record = `parked event ${eventId}`;
  return {
    eventId,
    source: text(row, 'source', record),
    service: text(row, 'service', record),
    key: text(row, 'key', record),
    event: json(row, 'event', record),
    parkedAt: integer(row, 'parked_at', record),
    expiresAt: integer(row, 'expires_at', record),
  };
}
