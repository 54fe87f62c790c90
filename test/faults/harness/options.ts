import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { STORES, type StoreUnderTest } from './stores.ts';
import type { ReadOptions } from '../../../scripts/follow-options.ts';

export type FaultOptions = {
  /** The full shape. */
  readonly long: boolean;
  /** Letters of the cases to run; null: all. */
  readonly only: readonly string[] | null;
  readonly seed: number;
  readonly store: StoreUnderTest;
  /** Cases that run at the same time. */
  readonly atOnce: number;
};

export type FaultOptionsResult = ReadOptions<FaultOptions>;

/** Most of a case is waiting; more than these at a time would wait for the processor, which others may have taken already. */
const [LOAD = 0] = loadavg();
/** Load a core. Tests that have just ended, or this suite itself, leave two or three behind. */
const FAR_TOO_BUSY = 5;
const AT_ONCE = LOAD > FAR_TOO_BUSY * availableParallelism() ? 1 : 3;
const SEEDS = 2 ** 31;

/** @param letters of all cases */
export function helpText(cases: readonly { readonly letter: string; readonly title: string }[]) {
  return `Usage: npm run test:faults -- [--long] [--only a,c] [--seed N] [--store NAME] [--at-once N]

Starts the real thing for every fault (web, two workers, reconciler, simulated services, Redis with an append-only file,
a store in a temporary folder), loads it, lets the fault happen, waits for the end, and checks from outside, by API,
store and the services' ledger, that nothing was lost, doubled, left standing, or done in the wrong order.

  --long       the full shape: more workflows, more faults, and 10,000 stories of the model test
  --only a,c   these cases only
  --seed N     of orders, of what fails, and of who dies; by default another one each time, which is printed
  --store NAME what the engine keeps its workflows in: ${STORES.map(({ name }) => name).join(', ')} (default ${STORES[0].name})
  --at-once N  cases that run at the same time (default 3, or 1 where the machine is far too busy with other things)

${cases.map(({ letter, title }) => `  ${letter}  ${title}`).join('\n')}

Exit status: 0 all is well, 1 a check failed, 64 the arguments are no good, 69 something is missing here.
`;
}

/**
 * Reads the arguments of the fault suite.
 * @param letters of all cases
 */
export function readOptions(
  args: readonly string[],
  letters: readonly string[],
): FaultOptionsResult {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        long: { type: 'boolean', default: false },
        only: { type: 'string' },
        seed: { type: 'string' },
        'at-once': { type: 'string' },
        store: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return { kind: 'help' };
    const options = {
      long: values.long,
      only: readLetters(values.only, letters),
      seed: wholeNumber('--seed', values.seed, 0) ?? Math.floor(Math.random() * SEEDS),
      store: readStore(values.store),
      atOnce: wholeNumber('--at-once', values['at-once'], 1) ?? AT_ONCE,
    };
    return { kind: 'run', options };
  } catch (error) {
    return { kind: 'invalid', message: error instanceof Error ? error.message : String(error) };
  }
}

/** @throws Error that names the unknown ones */
function readLetters(
  text: string | undefined,
  letters: readonly string[],
): readonly string[] | null {
  if (text === undefined) return null;
  const wanted = text.split(',').map((letter) => letter.trim());
  const unknown = wanted.filter((letter) => !letters.includes(letter));
  if (unknown.length === 0) return wanted;
  throw new Error(
    `--only: there is no case ${unknown.join(', ')}; there are ${letters.join(', ')}`,
  );
}

/** @throws Error that names those there are */
function readStore(name: string = STORES[0].name): StoreUnderTest {
  const store = STORES.find((one) => one.name === name);
  if (store !== undefined) return store;
  const known = STORES.map((one) => one.name).join(', ');
  throw new Error(`--store: there is no ${name}; there are ${known}`);
}

/** @throws Error that says what is allowed */
function wholeNumber(name: string, text: string | undefined, min: number): number | null {
  if (text === undefined) return null;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (value >= min) return value;
  throw new Error(`${name} must be a whole number from ${min}, not ${JSON.stringify(text)}`);
}
