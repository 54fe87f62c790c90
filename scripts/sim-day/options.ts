import { parseArgs } from 'node:util';
import type { ReadOptions } from '../follow-options.ts';

export type SimOptions = {
  /** CSV of invoices; null: a made-up day. */
  readonly ordersFile: string | null;
  readonly seed: number;
  readonly count: number;
  /** Virtual per real time; null: as fast as it goes. */
  readonly speed: number | null;
  /** Waves and FIFO as well. */
  readonly compare: boolean;
  /** 0..1: how much of the day's capacity its work fills. */
  readonly utilization: number;
  readonly svgFile: string;
};

export type OptionsResult = ReadOptions<SimOptions>;

export const HELP = `Usage: npm run sim:day -- [--orders FILE.csv] [--compare] [--speed N] [--utilization N] [--svg FILE]

Runs one day of orders over a floor of pickers (per zone), packers and dock doors on a virtual clock, released by the rules
of the engine; with --compare also by classic waves (every 30 min) and first in, first out. Prints a table, writes a chart.

  --orders FILE.csv  a day of real orders, with the columns InvoiceNo, StockCode, Description, Quantity, InvoiceDate,
                     UnitPrice, CustomerID, Country (default: a made-up day)
  --count N          orders of a made-up day (default 400)
  --seed N           of a made-up day (default 1)
  --utilization N    percent of the floor's capacity that the day's work fills (default 95): decides how many pickers,
                     packers and doors there are
  --speed N          so many times faster than real time, with a line an hour (default: as fast as it goes)
  --svg FILE         where the chart goes (default data/sim-day.svg)
  --help             this text
`;

/** Reads the arguments of the simulation. */
export function readOptions(args: readonly string[]): OptionsResult {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        orders: { type: 'string' },
        compare: { type: 'boolean', default: false },
        count: { type: 'string', default: '400' },
        seed: { type: 'string', default: '1' },
        speed: { type: 'string' },
        utilization: { type: 'string', default: '95' },
        svg: { type: 'string', default: 'data/sim-day.svg' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return { kind: 'help' };
    const speed = values.speed === undefined ? null : number('--speed', values.speed, 1, 1e9);
    return {
      kind: 'run',
      options: {
        ordersFile: values.orders ?? null,
        compare: values.compare,
        count: number('--count', values.count, 1, 100_000),
        seed: number('--seed', values.seed, 0, 1e9),
        speed,
        utilization: number('--utilization', values.utilization, 1, 1000) / 100,
        svgFile: values.svg,
      },
    };
  } catch (error) {
    return { kind: 'invalid', message: error instanceof Error ? error.message : String(error) };
  }
}

/** @throws Error that says what is allowed */
function number(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  const given = JSON.stringify(text);
  throw new Error(`${name} must be a whole number, ${min} to ${max}, not ${given}`);
}
