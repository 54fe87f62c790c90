import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { diesWithItsParent } from '#composition/redis-process.ts';
import type { Place, ServerProgram } from './server.ts';

export type RunningServer = Place & {
  readonly address: string;
  readonly processId: number;
  /** Ends it in good order; may be called twice. */
  stop(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
};

/** Kafka on a machine with all cores busy takes the longest. */
const START_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 15_000;
const LOOK_EVERY_MS = 25;
/** Within this time a server that can't have its port has ended. */
const SETTLE_MS = 100;

/**
 * Starts a server and waits until it can be used. Its words go to `server.log` in its folder.
 * @param lifetime 'ours': it ends with this process, however that ends; 'its own': it stays
 * @throws Error with the server's last words when it ends before it can be used, or takes too long
 */
export async function runServer(
  program: ServerProgram,
  place: Place,
  lifetime: 'ours' | 'its own' = 'ours',
): Promise<RunningServer> {
  await claimPort(place.port);
  await mkdir(place.folder, { recursive: true });
  await program.prepare(place);
  const [command, ...args] = [
    ...(lifetime === 'ours' ? await diesWithItsParent() : []),
    ...program.command(place),
  ];
  if (command === undefined) throw new TypeError(`${program.name} has no command`);
  const logFile = join(place.folder, 'server.log');
  const log = await open(logFile, 'a');
  const child = spawn(command, args, {
    cwd: place.folder,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  await log.close();
  const exited = once(child, 'exit').catch(() => undefined); // an 'error': there is no such program
  const isRunning = () =>
    child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const endWithUs = () => void child.kill('SIGTERM');
  if (lifetime === 'ours') process.once('exit', endWithUs);
  child.unref();

  const end = async (signal: NodeJS.Signals) => {
    if (isRunning()) {
      if (signal === 'SIGKILL') await program.crash?.(place);
      child.kill(signal);
      const patience = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      child.ref();
      await exited;
      clearTimeout(patience);
    }
    process.off('exit', endWithUs);
  };

  const deadline = performance.now() + START_LIMIT_MS;
  while (!(await answers(program, place))) {
    if (isRunning() && performance.now() < deadline) {
      await delay(LOOK_EVERY_MS);
      continue;
    }
    await end('SIGKILL');
    throw new Error(`${program.name} did not start: ${await lastWords(logFile)}`);
  }
  // whoever took the port a moment before ours did would answer in its place
  await delay(SETTLE_MS);
  if (!isRunning()) {
    await end('SIGKILL');
    throw new Error(`${program.name} did not keep its port: ${await lastWords(logFile)}`);
  }
  return {
    ...place,
    address: program.address(place),
    processId: child.pid ?? 0,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** Another server on the port would answer in place of ours. @throws Error when there is one */
async function claimPort(port: number): Promise<void> {
  const socket = createServer().listen(port, '127.0.0.1');
  await once(socket, 'listening');
  socket.close();
  await once(socket, 'close');
}

async function answers(program: ServerProgram, place: Place): Promise<boolean> {
  return await program.probe(place).then(
    () => true,
    () => false,
  );
}

async function lastWords(logFile: string): Promise<string> {
  const words = await readFile(logFile, 'utf8');
  return words.trim().split('\n').slice(-5).join('\n') || 'no word from it';
}
