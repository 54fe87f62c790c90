import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { freePort } from '#composition/executables.ts';
import { findServer } from './find-server.ts';
import { runServer } from './run-server.ts';
import type { ServerKind } from './server.ts';

/*
 * Servers for a person: they stay when the command has ended. `<folder>/<kind>.json` says which process serves at which
 * address; it counts only while that process runs from the folder of that server (process ids are used again).
 */

const noteSchema = z.object({ processId: z.int().positive(), address: z.string() });
export type Note = z.output<typeof noteSchema>;

const STANDARD_PORTS: Readonly<Record<ServerKind, number>> = {
  redis: 6379,
  mongodb: 27017,
  kafka: 9092,
};
const STOP_LIMIT_MS = 20_000;
const run = promisify(execFile);

/** The server of this kind that was started by `up` and still runs. @param folder of all of them: `data/servers` */
export async function status(folder: string, kind: ServerKind): Promise<Note | null> {
  let note: Note;
  try {
    note = noteSchema.parse(JSON.parse(await readFile(noteFile(folder, kind), 'utf8')));
  } catch {
    return null; // no note, or half of one
  }
  return (await isOurs(note, dataFolder(folder, kind))) ? note : null;
}

/**
 * Starts a server of this kind; one that runs is left alone.
 * @param port where it is free, else another; its standard one by default
 * @throws MissingPieceError when it can't be had
 */
export async function up(
  folder: string,
  kind: ServerKind,
  port = STANDARD_PORTS[kind],
): Promise<Note> {
  const running = await status(folder, kind);
  if (running !== null) return running;
  const program = await findServer(kind);
  const place = { folder: dataFolder(folder, kind) };
  const start = (at: number) => runServer(program, { ...place, port: at }, 'its own');
  const server = await start(port).catch(async () => start(await freePort()));
  const note = { processId: server.processId, address: server.address };
  await writeFile(noteFile(folder, kind), JSON.stringify(note));
  return note;
}

/** Ends the server of this kind that `up` has started; its data stay. @returns false: none ran */
export async function down(folder: string, kind: ServerKind): Promise<boolean> {
  const note = await status(folder, kind);
  if (note === null) return false;
  process.kill(note.processId, 'SIGTERM');
  const deadline = performance.now() + STOP_LIMIT_MS;
  while ((await status(folder, kind)) !== null) {
    if (performance.now() > deadline) process.kill(note.processId, 'SIGKILL');
    await delay(50);
  }
  await rm(noteFile(folder, kind), { force: true });
  return true;
}

async function isOurs({ processId }: Note, data: string): Promise<boolean> {
  try {
    const { stdout } = await run('ps', ['-ww', '-o', 'args=', '-p', String(processId)]);
    return stdout.includes(data);
  } catch {
    return false; // no such process
  }
}

function noteFile(folder: string, kind: ServerKind): string {
  return join(folder, `${kind}.json`);
}

function dataFolder(folder: string, kind: ServerKind): string {
  return resolve(folder, kind);
}
