import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChildProcess } from '../../../scripts/processes/child-process.ts';

/** Longer than a commit takes. */
const TRIES = 20;
const PAUSE_MS = 25;

/**
 * Stops a process by SIGSTOP between two commits: whoever freezes within one keeps SQLite's file locked until it goes on, and nothing
 * moves meanwhile (docs/faults.md).
 * @param file of the SQLite store; where there is none, any moment is as good
 */
export async function freeze(frozen: ChildProcess, file: string): Promise<void> {
  for (;;) {
    frozen.signal('SIGSTOP');
    if (!(await isLocked(file))) return;
    frozen.signal('SIGCONT');
    await delay(PAUSE_MS);
  }
}

async function isLocked(file: string): Promise<boolean> {
  if (!existsSync(file)) return false;
  const database = new DatabaseSync(file);
  try {
    for (let tries = TRIES; tries > 0; tries -= 1) {
      if (tryLock(database)) return false;
      await delay(PAUSE_MS);
    }
    return true;
  } finally {
    database.close();
  }
}

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN IMMEDIATE; ROLLBACK');
    return true;
  } catch {
    return false;
  }
}
