import { execFile } from 'node:child_process';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An install downloads tens of megabytes; a network that takes longer than this is none. */
const INSTALL_LIMIT_MS = 10 * 60_000;

/** Installs survive between runs here. */
function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'wes-engine');
}

/**
 * A folder in the cache, filled once. Test files that need it at the same moment wait for the one that fills it; a fill
 * that was broken off is begun anew.
 * @param name names contents and version: other contents need another name
 * @param fill puts everything into the (empty) folder
 * @returns its absolute name
 */
export async function installOnce(
  name: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(cacheFolder(), name);
  const complete = join(folder, '.complete');
  if (await exists(complete)) return folder;
  if (process.env['NO_SERVER_INSTALL'] === '1') throw new Error('installing it has failed before');
  await mkdir(cacheFolder(), { recursive: true });
  const unlock = await lock(`${folder}.lock`);
  try {
    if (await exists(complete)) return folder;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    await fill(folder);
    await writeFile(complete, '');
    return folder;
  } finally {
    unlock();
  }
}

/** @throws Error with what the command wrote, when it fails */
export async function install(file: string, args: readonly string[]): Promise<void> {
  await run(file, args, { timeout: INSTALL_LIMIT_MS, maxBuffer: 16 * 1024 * 1024 });
}

/**
 * A lock between processes that goes with its holder, however that ends: SQLite keeps it with the operating system, so
 * that no stale lock file has to be judged.
 */
async function lock(file: string): Promise<() => void> {
  const database = new DatabaseSync(file, { timeout: 0 });
  for (;;) {
    try {
      database.exec('BEGIN EXCLUSIVE');
      return () => database.close();
    } catch (error) {
      if (!isBusy(error)) throw error;
      await delay(100);
    }
  }
}

function isBusy(error: unknown): boolean {
  const BUSY = 5;
  return error instanceof Error && 'errcode' in error && error.errcode === BUSY;
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}
