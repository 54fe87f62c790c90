import { parseArgs } from 'node:util';
import type { ReadOptions } from '../follow-options.ts';

export type DemoOptions = {
  /** Of the made-up orders and of the faults. */
  readonly seed: number;
  /** Orders at most. */
  readonly count: number;
  /** CSV of invoices; null: orders are made up. */
  readonly ordersFile: string | null;
  /** On MongoDB and Kafka, with relay and events processes. */
  readonly servers: boolean;
};

export type OptionsResult = ReadOptions<DemoOptions>;

export const HELP = `Usage: npm run demo -- [--servers] [--count N] [--seed N] [--orders FILE.csv]

Starts a whole engine on this machine (Redis, 26 simulated services that fail now and then, web, two workers,
reconciler), puts orders through it, takes a service away for five seconds and kills a worker on the way, and checks
at the end that no effect happened twice and none was left behind.

  --servers          on MongoDB and Kafka besides: every other order comes as an event, all that happens is published,
                     a relay and an events process are killed as well, and the topic is held against the logs
  --count N          orders at most (default 300; 100 with --servers)
  --seed N           of made-up orders and of faults (default 1)
  --orders FILE.csv  real orders, with the columns InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice,
                     CustomerID, Country; an InvoiceNo that starts with C takes goods back
  --help             this text

Exit status: 0 all is well, 1 a check failed, 64 the arguments are no good, 69 something is missing here.
`;

const DEFAULTS = { seed: 1, count: 300, countOnServers: 100 } as const;

/** Reads the arguments of the demo. */
export function readOptions(args: readonly string[]): OptionsResult {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        count: { type: 'string' },
        orders: { type: 'string' },
        servers: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return { kind: 'help' };
    const seed = wholeNumber('--seed', values.seed, 0) ?? DEFAULTS.seed;
    const { servers } = values;
    const usual = servers ? DEFAULTS.countOnServers : DEFAULTS.count;
    const count = wholeNumber('--count', values.count, 1) ?? usual;
    return { kind: 'run', options: { seed, count, servers, ordersFile: values.orders ?? null } };
  } catch (error) {
    return { kind: 'invalid', message: error instanceof Error ? error.message : String(error) };
  }
}

/** @throws Error that says what is allowed */
function wholeNumber(name: string, text: string | undefined, min: number): number | null {
  if (text === undefined) return null;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= min) return value;
  throw new Error(`${name} must be a whole number from ${min}, not ${JSON.stringify(text)}`);
}
