import { parseArgs } from 'node:util';
import type { ReadOptions } from '../scripts/follow-options.ts';

/** What is measured: one study a run. */
export type Study =
  | { readonly name: 'compare' | 'wire' | 'sharing' }
  | { readonly name: 'stored' | 'backlog' | 'waveless'; readonly workflows: number }
  | { readonly name: 'soak'; readonly minutes: number }
  | { readonly name: 'events'; readonly perSecond: number }
  | { readonly name: 'throttle'; readonly file: string };

export type BenchOptions = {
  readonly study: Study;
  readonly workflows: number;
  /** Workflows that each contestant runs before its clock starts. */
  readonly warmUp: number;
  readonly rounds: number;
  /** sqlite, memory, mongodb, or a STORE_URL. */
  readonly store: string;
  /** Of the engine: the measured one, and workers beside it. */
  readonly processes: number;
};

export const BENCH_HELP = `Usage: npm run bench -- [--workflows N] [--warm-up N] [--rounds N] [--store NAME] [--processes K] [STUDY]

The engine beside raw BullMQ in the same minutes: five HTTP steps a workflow, in alternating rounds. Prints a table and, as the last
line, its figures as JSON: workflows/s of both and their ratio, p50 and p99 at 50/s, CPU ms per workflow, RSS, Redis bytes per
waiting workflow.

  --workflows N    of a round (default 3000)
  --warm-up N      before the clock of a round starts, by default three times as many; 0 measures cold processes
  --rounds N       default 3
  --store NAME     sqlite (default), memory, mongodb (a server of its own, found as the tests find theirs), or a STORE_URL
  --processes K    processes of the engine that do the work (default 1)

In its place one of these studies:
  --stored N       the cost of a step with N finished workflows in the store, and with none
  --backlog N      how soon a HIGH workflow begins behind N LOW ones
  --waveless N     the same through the waveless release
  --soak MINUTES   50 workflows/s for so long: RSS and heap at each minute
  --wire           MongoDB: requests and bytes per step
  --sharing        MongoDB: what locks and shared states save and cost
  --events         Kafka, a server of its own: the log out, and events in; with [--per-second N] (default 500)
  --throttle FILE  a service with too few places, and what the monitor makes of it; second by second as CSV

Exit status: 0 measured, 64 the arguments are no good, 69 something is missing here.
`;

/** By then a process compiles no more: the engine, which has more code than what it is compared with, gains until here. */
const WARM_UPS = 3;

/** Reads the arguments of the bench. */
export function readBenchOptions(args: readonly string[]): ReadOptions<BenchOptions> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        workflows: { type: 'string', default: '3000' },
        'warm-up': { type: 'string' },
        rounds: { type: 'string', default: '3' },
        store: { type: 'string', default: 'sqlite' },
        processes: { type: 'string', default: '1' },
        stored: { type: 'string' },
        backlog: { type: 'string' },
        waveless: { type: 'string' },
        soak: { type: 'string' },
        wire: { type: 'boolean' },
        sharing: { type: 'boolean' },
        events: { type: 'boolean' },
        'per-second': { type: 'string', default: '500' },
        throttle: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return { kind: 'help' };
    const studies: readonly (Study | null)[] = [
      counted('stored', values.stored),
      counted('backlog', values.backlog),
      counted('waveless', values.waveless),
      values.soak === undefined ? null : { name: 'soak', minutes: minutes(values.soak) },
      values.wire === true ? { name: 'wire' } : null,
      values.sharing === true ? { name: 'sharing' } : null,
      values.events === true
        ? { name: 'events', perSecond: whole('--per-second', values['per-second']) }
        : null,
      values.throttle === undefined ? null : { name: 'throttle', file: values.throttle },
    ];
    const workflows = whole('--workflows', values.workflows);
    const warmUp = values['warm-up'];
    const options = {
      study: onlyOne(studies.filter((study) => study !== null)),
      workflows,
      warmUp: warmUp === undefined ? workflows * WARM_UPS : whole('--warm-up', warmUp, 0),
      rounds: whole('--rounds', values.rounds),
      store: values.store,
      processes: whole('--processes', values.processes),
    };
    refuseWhatWouldBeIgnored(options);
    return { kind: 'run', options };
  } catch (error) {
    return { kind: 'invalid', message: error instanceof Error ? error.message : String(error) };
  }
}

function counted(name: 'stored' | 'backlog' | 'waveless', text: string | undefined): Study | null {
  return text === undefined ? null : { name, workflows: whole(`--${name}`, text) };
}

/** @throws Error that names them */
function onlyOne([first = { name: 'compare' }, ...others]: readonly Study[]): Study {
  if (others.length === 0) return first;
  const names = [first, ...others].map(({ name }) => `--${name}`).join(' and ');
  throw new Error(`${names}: one study a run`);
}

/** @throws Error: a figure would be taken for one of something else */
function refuseWhatWouldBeIgnored({ study, store, processes }: BenchOptions): void {
  const ofMongodb = study.name === 'wire' || study.name === 'sharing';
  if (ofMongodb && !store.startsWith('mongodb')) {
    throw new Error(`--${study.name} needs --store mongodb`);
  }
  if (processes === 1) return;
  if (study.name !== 'compare' && study.name !== 'wire') {
    throw new Error(`--${study.name} is measured with one process`);
  }
  if (store.startsWith('memory')) {
    throw new Error('--processes: a store in memory is known to one process only');
  }
}

/** @throws Error that says what is allowed */
function whole(name: string, text: string, least = 1): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= least) return value;
  throw new Error(`${name} must be a whole number from ${least}, not ${JSON.stringify(text)}`);
}

/** @throws Error that says what is allowed */
function minutes(text: string): number {
  const value = Number(text);
  if (text !== '' && value >= 1 && value <= 10_000) return value;
  throw new Error(`--soak must be a number of minutes from 1, not ${JSON.stringify(text)}`);
}
