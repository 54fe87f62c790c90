import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { probeRedis } from '#adapters/redis/probe.ts';
import { findExecutable } from '#composition/executables.ts';

/*
 * A redis-server of our own, as a child process.
 *
 * 1. It listens on 127.0.0.1 only, writes an append-only file once a second and never evicts.
 * 2. It ends with us. stop() and our exit end it; where the kernel offers it (Linux) a kill -9 of us does as well.
 * 3. It is in a session of its own: a Ctrl-C on the terminal reaches us, and we stop it when our workers are done.
 * 4. `server.json` in its folder says which process serves the folder. Two servers on one append-only file would ruin
 *    it, so it is read before a start; it counts only if the server at that port says that it is that process.
 */

const NOTE_FILE = 'server.json';
const noteSchema = z.object({ port: z.int().positive(), processId: z.int().positive() });
type Note = z.infer<typeof noteSchema>;

export type RedisProcess = {
  readonly url: string;
  readonly port: number;
  readonly processId: number;
  /** Ends the server in good order: what it acknowledged is in its file. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
};

/** As invariant 1 says. */
const CONFIGURATION =
  '--bind 127.0.0.1 --appendonly yes --appendfsync everysec --maxmemory-policy noeviction --loglevel warning --save'
    .split(' ')
    .concat(''); // no snapshots beside the append-only file

/** How long loading a large append-only file may take. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5000;

/**
 * Starts a server on a folder and waits until it answers.
 * @param executable redis-server or valkey-server
 * @throws Error when it ends before it answers (a port in use, an unreadable file), with its own words
 */
export async function startRedisProcess(
  executable: string,
  dataDir: string,
  port: number,
): Promise<RedisProcess> {
  const folder = resolve(dataDir);
  await mkdir(folder, { recursive: true });
  const [command = executable, ...args] = [
    ...(await diesWithItsParent()),
    executable,
    '--port',
    String(port),
    '--dir',
    folder,
    ...CONFIGURATION,
  ];
  const logFile = join(folder, 'redis.log');
  const log = await open(logFile, 'w');
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  await log.close();
  const exited = once(child, 'exit').catch(() => undefined); // an 'error': there is no such program
  const endWithUs = () => void child.kill('SIGTERM');
  process.once('exit', endWithUs);
  child.unref();

  const note = { port, processId: child.pid ?? 0 };
  const end = async (signal: NodeJS.Signals) => {
    if (isRunning(child)) {
      child.kill(signal);
      const patience = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(patience);
    }
    process.off('exit', endWithUs);
    const noted = await readNote(folder);
    if (noted?.processId === note.processId) await rm(join(folder, NOTE_FILE), { force: true });
  };

  const deadline = Date.now() + START_TIMEOUT_MS;
  for (let noted = false; ; await delay(10)) {
    const state = await stateOf(note);
    if (state !== 'other' && !noted) {
      // Only now: one that can't have the port must not replace the note of the one that has it.
      await writeFile(join(folder, NOTE_FILE), JSON.stringify(note));
      noted = true;
    }
    if (state === 'ready') break;
    if (isRunning(child) && Date.now() < deadline) continue;
    await end('SIGKILL');
    const words = (await readFile(logFile, 'utf8')).trim();
    throw new Error(`${executable} did not start: ${words || 'no word from it'}`);
  }
  return { ...note, url: urlOf(port), stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

/** The server that serves a folder now, of whichever process of ours. @returns its URL, or null */
export async function serverOf(dataDir: string): Promise<string | null> {
  const note = await readNote(dataDir);
  return note !== null && (await stateOf(note)) !== 'other' ? urlOf(note.port) : null;
}

async function readNote(dataDir: string): Promise<Note | null> {
  try {
    return noteSchema.parse(JSON.parse(await readFile(join(dataDir, NOTE_FILE), 'utf8')));
  } catch {
    return null; // no note, or half of one
  }
}

/** Ends the server that a run of ours, killed hard, left on a folder. */
export async function endServerOf(dataDir: string): Promise<void> {
  const note = await readNote(dataDir);
  if (note === null || (await stateOf(note)) === 'other') return;
  process.kill(note.processId, 'SIGTERM');
  while ((await stateOf(note)) !== 'other') await delay(10);
}

/** Who answers at this port: that very process, or somebody else (or nobody)? */
async function stateOf({ port, processId }: Note): Promise<'ready' | 'loading' | 'other'> {
  try {
    const facts = await probeRedis(urlOf(port));
    if (facts.processId !== processId) return 'other';
    return facts.loading ? 'loading' : 'ready';
  } catch {
    return 'other';
  }
}

function urlOf(port: number): string {
  return `redis://127.0.0.1:${port}`;
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/**
 * Linux ends a child with the thread that started it, if asked to by prctl; util-linux's setpriv asks.
 * @returns what to put before a command
 */
export async function diesWithItsParent(): Promise<readonly string[]> {
  if (process.platform !== 'linux') return [];
  const setpriv = await findExecutable(['setpriv'], process.env['PATH'] ?? '');
  return setpriv === null ? [] : [setpriv, '--pdeathsig', 'TERM', '--'];
}
