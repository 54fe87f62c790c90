import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { followOptions } from './follow-options.ts';
import { chart } from './sim-day/chart.ts';
import { inventDay, readDay, type ReadDay } from './sim-day/day-orders.ts';
import { HELP, readOptions, type SimOptions } from './sim-day/options.ts';
import { outcomeOf, table } from './sim-day/outcome.ts';
import { fifo, governor, waves } from './sim-day/release-rules.ts';
import { capacitiesFor, runDay, type Day } from './sim-day/run-day.ts';

const HOUR_MS = 3_600_000;

await followOptions(readOptions(process.argv.slice(2)), HELP, async (options) => {
  try {
    await simulate(options);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
});

async function simulate(options: SimOptions): Promise<void> {
  const { ordersFile, seed, count, compare, utilization, svgFile } = options;
  const read = ordersFile === null ? null : await readDay(ordersFile);
  const orders = read?.orders ?? inventDay(seed, count);
  const capacities = capacitiesFor(orders, utilization);
  const zones = [...capacities.pickersPerZone]
    .map(([zone, n]) => `${zone} ${n}`)
    .toSorted((a, b) => (a < b ? -1 : 1));
  const name = ordersFile === null ? `a made-up day (seed ${seed})` : basename(ordersFile);
  console.log(`${name}: ${counted(orders.length, 'order')}`);
  if (read !== null) tellLeftOut(read);
  console.log(
    `pickers by zone: ${zones.join(', ')}; packers: ${capacities.packers}; doors: ${capacities.doors}\n`,
  );
  const ways = [
    ...(compare ? [['waves', waves()] as const, ['FIFO', fifo()] as const] : []),
    ['governor', governor(capacities)] as const,
  ];
  const days: Day[] = [];
  for (const [way, rule] of ways) {
    days.push(await runDay(way, orders, capacities, rule, pacer(way, options.speed)));
  }
  console.log(table(days.map(outcomeOf)));
  await mkdir(dirname(svgFile), { recursive: true });
  await writeFile(svgFile, chart(`Orders on the floor: ${name}`, days));
  console.log(`\nchart: ${svgFile}`);
}

/** On stderr: who reads the figures must know what is not in them. */
function tellLeftOut({ days, cancellations, leftOut }: ReadDay): void {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  if (days > 1) say(`the file holds ${days} days: they are laid upon each other`);
  if (cancellations > 0) say(`left out: ${counted(cancellations, 'cancellation')}`);
  for (const [reason, rows] of Map.groupBy(leftOut, (row) => row.reason)) {
    const example = `line ${rows[0]?.line}: ${rows[0]?.detail}`;
    say(`left out: ${counted(rows.length, 'row')}, ${reason} (${example})`);
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Holds back the virtual clock to so many times the real one, with a line each hour; null: as fast as it goes. */
function pacer(way: string, speed: number | null): ((at: number) => Promise<void>) | undefined {
  if (speed === null) return undefined;
  let last: number | null = null;
  return async (at) => {
    const before = last ?? at;
    last = at;
    if (Math.floor(before / HOUR_MS) !== Math.floor(at / HOUR_MS)) {
      console.log(`${way}: ${Math.floor(at / HOUR_MS)}:00`);
    }
    await sleep((at - before) / speed);
  };
}
