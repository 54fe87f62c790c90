import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { diesWithItsParent } from '#composition/redis-process.ts';

/** How a process ended: by itself with a code, or by a signal. */
export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type ChildProcess = {
  readonly name: string;
  readonly pid: number;
  /** Holds all that it writes to stdout and stderr. */
  readonly logFile: string;
  readonly ended: Promise<Exit>;
  isRunning(): boolean;
  /** What it has written so far. */
  log(): Promise<string>;
  /**
   * Waits for words in its log.
   * @throws Error when it ends, or `withinMs` passes, before it has written them
   */
  waitForLog(words: RegExp, withinMs?: number): Promise<RegExpExecArray>;
  /** SIGKILL, SIGSTOP, SIGCONT, ... of this one process; nothing happens to one that has ended. */
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL where that does not end it in time. May be called twice. */
  stop(withinMs?: number): Promise<Exit>;
};

export type ChildOptions = {
  /** For its log file and for messages. */
  readonly name: string;
  /** A TypeScript file and its arguments, from the root of the project. */
  readonly script: readonly [file: string, ...args: string[]];
  /** Before the script, such as `--import` of a module. */
  readonly nodeArguments?: readonly string[];
  /** Its whole environment but for what a process can't do without: nothing of ours leaks in. */
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
};

const ROOT = new URL('../..', import.meta.url);
/** On a machine whose cores all have other work as well. */
const START_LIMIT_MS = 90_000;
/** More than the grace of the engine's processes (SPEC 9: 10 s) and what they allow themselves beyond it. */
const STOP_LIMIT_MS = 15_000;
const LOOK_EVERY_MS = 20;

/** node:sqlite is called experimental; kafkajs sets a negative time-out once a process. */
const QUIET = ['--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning'];

/** Kept of our own environment: to find programs, to start sooner, and to measure the coverage of tests. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'NODE_COMPILE_CACHE', 'NODE_V8_COVERAGE'];

/** Starts a process of ours; it ends with us, however we end (on Linux even by kill -9). */
export async function startChild(options: ChildOptions): Promise<ChildProcess> {
  const { name, script, logFile, nodeArguments = [] } = options;
  const [command = process.execPath, ...args] = [
    ...(await diesWithItsParent()),
    ...[process.execPath, ...QUIET, ...nodeArguments, ...script],
  ];
  const log = await open(logFile, 'a');
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...inherited(), ...options.env },
    // A group of its own: Ctrl-C reaches us alone, and we stop everything in good order.
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  await log.close();
  const ended = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  ended.catch(() => undefined);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} did not start`, { cause: await reasonOf(ended) });
  endWithUs(child, ended);

  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const readLog = () => readFile(logFile, 'utf8');
  return {
    name,
    pid,
    logFile,
    ended,
    isRunning,
    log: readLog,
    async waitForLog(words, withinMs = START_LIMIT_MS) {
      const deadline = performance.now() + withinMs;
      for (;;) {
        const running = isRunning();
        const text = await readLog();
        const found = words.exec(text);
        if (found !== null) return found;
        if (!running) throw new Error(`${name} ended: ${lastLines(text)}`);
        if (performance.now() > deadline) {
          throw new Error(`${name} did not write ${words} in ${withinMs} ms: ${lastLines(text)}`);
        }
        await delay(LOOK_EVERY_MS);
      }
    },
    signal: (signal) => void child.kill(signal),
    async stop(withinMs = STOP_LIMIT_MS) {
      if (!isRunning()) return await ended;
      child.kill('SIGTERM');
      child.kill('SIGCONT'); // one that was stopped hears SIGTERM only when it goes on
      const patience = setTimeout(() => child.kill('SIGKILL'), withinMs);
      const exit = await ended;
      clearTimeout(patience);
      return exit;
    },
  };
}

/** On systems where the kernel does not do it (`diesWithItsParent`). One listener for all: some programs start dozens. */
const running = new Set<{ kill(signal: NodeJS.Signals): unknown }>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

function endWithUs(child: { kill(signal: NodeJS.Signals): unknown }, ended: Promise<Exit>): void {
  running.add(child);
  ended.finally(() => running.delete(child)).catch(() => undefined);
}

function inherited(): Record<string, string> {
  const kept = INHERITED.map((name): [string, string | undefined] => [name, process.env[name]]);
  return Object.fromEntries(
    kept.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

async function reasonOf(ended: Promise<Exit>): Promise<unknown> {
  return await ended.catch((error: unknown) => error);
}

function lastLines(log: string): string {
  return log.trim().split('\n').slice(-5).join('\n') || 'it wrote nothing';
}
