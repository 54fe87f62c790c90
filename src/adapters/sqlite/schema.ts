import type { DatabaseSync } from 'node:sqlite';

/**
 * The schema, one step per version: `user_version` counts the steps that a file has been through. A step that has been
 * released is never edited; the next change is a further step.
 */
const MIGRATIONS: readonly string[] = [
  `
  -- What lists, filters and timers need. No rowid: every way into it ends in the id.
  CREATE TABLE workflows (
    workflow_id TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    status TEXT NOT NULL,
    workflow_type TEXT NOT NULL,
    priority TEXT NOT NULL,
    correlation_id TEXT,
    definition_id TEXT NOT NULL,
    definition_version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    started_at INTEGER,
    completed_at INTEGER,
    wake_at INTEGER
  ) STRICT, WITHOUT ROWID;

  -- One per filter, each ending in the order of the pages; read backwards, newest first.
  CREATE INDEX workflows_by_creation ON workflows (created_at, workflow_id);
  CREATE INDEX workflows_by_status ON workflows (status, created_at, workflow_id);
  CREATE INDEX workflows_by_type ON workflows (workflow_type, created_at, workflow_id);
  CREATE INDEX workflows_by_priority ON workflows (priority, created_at, workflow_id);
  CREATE INDEX workflows_by_correlation ON workflows (correlation_id, created_at, workflow_id)
    WHERE correlation_id IS NOT NULL;
  CREATE INDEX workflows_by_wake ON workflows (wake_at, workflow_id) WHERE wake_at IS NOT NULL;

  -- The truth. AUTOINCREMENT: a position is never used twice, whatever is one day taken out of the log.
  CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id TEXT NOT NULL REFERENCES workflows,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    data TEXT NOT NULL,
    UNIQUE (workflow_id, version)
  ) STRICT;
  CREATE TRIGGER events_are_not_rewritten BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
  CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

  CREATE TABLE idempotency (
    key TEXT NOT NULL PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    workflow_id TEXT NOT NULL REFERENCES workflows,
    response TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);

  CREATE TABLE definitions (
    definition_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    source TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    retired INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (definition_id, version)
  ) STRICT;

  -- Running totals, so that counting costs the same with a hundred workflows and with a million.
  -- Triggers keep them: in the transaction of every change, whoever makes it.
  CREATE TABLE tallies (
    status TEXT NOT NULL,
    priority TEXT NOT NULL,
    workflows INTEGER NOT NULL,
    timed INTEGER NOT NULL,
    execution_ms INTEGER NOT NULL,
    PRIMARY KEY (status, priority)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER workflow_created AFTER INSERT ON workflows BEGIN
    ${tally('new', 1)}
  END;
  CREATE TRIGGER workflow_moved AFTER UPDATE OF status, priority, started_at, completed_at ON workflows
  WHEN old.status <> new.status OR old.priority <> new.priority
    OR old.started_at IS NOT new.started_at OR old.completed_at IS NOT new.completed_at
  BEGIN
    ${tally('old', -1)}
    ${tally('new', 1)}
  END;
  CREATE TRIGGER workflow_removed AFTER DELETE ON workflows BEGIN
    ${tally('old', -1)}
  END;
  `,
  `
  -- How far readers of the feed have come; only the newest claim may move one.
  CREATE TABLE cursors (
    name TEXT NOT NULL PRIMARY KEY,
    fence INTEGER NOT NULL,
    position TEXT
  ) STRICT, WITHOUT ROWID;

  -- Events from outside that have taken effect.
  CREATE TABLE inbound (
    source TEXT NOT NULL,
    event_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    outcome TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (source, event_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX inbound_by_expiry ON inbound (expires_at);

  -- Steps that wait for an event, and events that came before their step.
  CREATE TABLE event_waits (
    service TEXT NOT NULL,
    key TEXT NOT NULL,
    workflow_id TEXT NOT NULL,
    step_id TEXT NOT NULL,
    PRIMARY KEY (service, key, workflow_id, step_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE parked_events (
    source TEXT NOT NULL,
    event_id TEXT NOT NULL,
    service TEXT NOT NULL,
    key TEXT NOT NULL,
    event TEXT NOT NULL,
    parked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (source, event_id)
  ) STRICT;
  CREATE INDEX parked_by_key ON parked_events (service, key, parked_at);
  CREATE INDEX parked_by_expiry ON parked_events (expires_at);
  `,
  `
  -- Small texts that must outlive Redis.
  CREATE TABLE notes (
    name TEXT NOT NULL PRIMARY KEY,
    note TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Orders that wait for their release, and what is on the floor, by lane; empty for all others.
  ALTER TABLE workflows ADD COLUMN lane TEXT;
  ALTER TABLE workflows ADD COLUMN cut_off_at INTEGER;
  CREATE INDEX workflows_by_lane ON workflows (lane, status, priority, created_at, workflow_id)
    WHERE lane IS NOT NULL;
  CREATE INDEX workflows_by_cut_off ON workflows (cut_off_at, workflow_id) WHERE cut_off_at IS NOT NULL;
  `,
];

/** Adds one workflow to its total, or takes it out. `timed` counts those whose execution time is known. */
function tally(row: 'old' | 'new', sign: 1 | -1): string {
  const took = `(${row}.completed_at - ${row}.started_at)`;
  return `INSERT INTO tallies (status, priority, workflows, timed, execution_ms)
    VALUES (${row}.status, ${row}.priority, ${sign}, ${sign} * (${took} IS NOT NULL), ${sign} * coalesce(${took}, 0))
    ON CONFLICT (status, priority) DO UPDATE SET workflows = workflows + excluded.workflows,
      timed = timed + excluded.timed, execution_ms = execution_ms + excluded.execution_ms;`;
}

/**
 * Brings the schema up to date, in one transaction. Does nothing, and takes no lock, where it is.
 * @throws Error when a newer release has written the file: to work on what we don't know could harm it
 */
export function migrate(database: DatabaseSync): void {
  if (schemaVersion(database) === MIGRATIONS.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Asked again under the lock: another process may have been quicker.
    const from = schemaVersion(database);
    if (from > MIGRATIONS.length) {
      throw new Error(
        `the store's schema has version ${from}, this release knows versions up to ${MIGRATIONS.length}`,
      );
    }
    for (const step of MIGRATIONS.slice(from)) database.exec(step);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}
