import type { DoneOrder } from './floor.ts';
import type { Day } from './run-day.ts';

/** What a day comes to. */
export type Outcome = {
  readonly name: string;
  readonly ordersPerHour: number;
  /** From the order's arrival until it is loaded: what the customer waits. */
  readonly p95CycleMs: number;
  readonly p95UrgentCycleMs: number;
  /** From its release until it is loaded: how long it lies about on the floor. */
  readonly p95FloorMs: number;
  readonly missedCutOffs: number;
  readonly promised: number;
  /** 0..1 */
  readonly idle: number;
  readonly meanWip: number;
  readonly peakWip: number;
};

export function outcomeOf({ name, done, wip, idle }: Day): Outcome {
  const begun = Math.min(...done.map(({ order }) => order.arrivesAt));
  const ended = Math.max(...done.map(({ doneAt }) => doneAt));
  const promised = done.filter(({ order }) => order.cutOffAt !== null);
  const urgent = done.filter(({ order }) => order.priority === 'HIGH');
  return {
    name,
    ordersPerHour: done.length / ((ended - begun) / 3_600_000),
    p95CycleMs: p95(done.map(cycleMs)),
    p95UrgentCycleMs: p95(urgent.map(cycleMs)),
    p95FloorMs: p95(done.map(({ releasedAt, doneAt }) => doneAt - releasedAt)),
    missedCutOffs: promised.filter(({ order, doneAt }) => doneAt > (order.cutOffAt ?? 0)).length,
    promised: promised.length,
    idle,
    meanWip: meanOf(wip),
    peakWip: Math.max(...wip.map(({ orders }) => orders)),
  };
}

/** The outcomes side by side, for a terminal. */
export function table(outcomes: readonly Outcome[]): string {
  const rows: readonly (readonly [string, (one: Outcome) => string])[] = [
    ['', ({ name }) => name],
    ['orders per hour', (one) => one.ordersPerHour.toFixed(1)],
    ['p95 cycle time, min', (one) => minutes(one.p95CycleMs)],
    ['  of HIGH orders', (one) => minutes(one.p95UrgentCycleMs)],
    ['p95 time on the floor, min', (one) => minutes(one.p95FloorMs)],
    ['missed cut-offs', (one) => `${one.missedCutOffs} of ${one.promised}`],
    ['idle capacity', (one) => `${(one.idle * 100).toFixed(0)} %`],
    ['orders on the floor, mean', (one) => one.meanWip.toFixed(1)],
    ['  at most', (one) => String(one.peakWip)],
  ];
  return rows
    .map(
      ([label, figure]) =>
        label.padEnd(28) + outcomes.map((one) => figure(one).padStart(14)).join(''),
    )
    .join('\n');
}

function cycleMs({ order, doneAt }: DoneOrder): number {
  return doneAt - order.arrivesAt;
}

/** By the nearest rank; 0 of nothing. */
function p95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
}

function meanOf(wip: Day['wip']): number {
  const span = (wip.at(-1)?.at ?? 0) - (wip[0]?.at ?? 0);
  if (span === 0) return 0;
  const area = wip.reduce((sum, { at, orders }, index) => {
    const until = wip[index + 1]?.at ?? at;
    return sum + orders * (until - at);
  }, 0);
  return area / span;
}

function minutes(ms: number): string {
  return (ms / 60_000).toFixed(0);
}
