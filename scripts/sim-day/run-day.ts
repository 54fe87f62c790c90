import type { DayOrder } from './day-orders.ts';
import { createFloor, type Capacities, type DoneOrder } from './floor.ts';
import type { ReleaseRule } from './release-rules.ts';

export type Day = {
  readonly name: string;
  readonly done: readonly DoneOrder[];
  /** Orders on the floor over the day, whenever that changed. */
  readonly wip: readonly { readonly at: number; readonly orders: number }[];
  /** 0..1: how much of the people's and doors' time nothing was done, from the first arrival to the last order done. */
  readonly idle: number;
};

/**
 * Runs one day: from the first arrival until all orders are done.
 * @param pace called before the clock moves on to a time (ms since midnight), for those who want to look on
 */
export async function runDay(
  name: string,
  orders: readonly DayOrder[],
  capacities: Capacities,
  rule: ReleaseRule,
  pace: (at: number) => Promise<void> = async () => {},
): Promise<Day> {
  const floor = createFloor(capacities);
  const wip: { at: number; orders: number }[] = [];
  let waiting: readonly DayOrder[] = [];
  let arrived = 0;
  let released = 0;
  let askAt = Infinity;

  while (floor.view().done.length < orders.length) {
    const arrival = orders[arrived]?.arrivesAt ?? Infinity;
    const now = Math.min(arrival, floor.nextAt(), waiting.length > 0 ? askAt : Infinity);
    if (now === Infinity) throw new Error(`${name} leaves ${waiting.length} orders behind`);
    await pace(now);
    floor.advance(now);
    const first = arrived;
    while ((orders[arrived]?.arrivesAt ?? Infinity) <= now) arrived += 1;
    waiting = [...waiting, ...orders.slice(first, arrived)];
    if (waiting.length > 0) {
      const release = rule(waiting, floor.view(), now);
      floor.release(release.orders, now);
      released += release.orders.length;
      const gone = new Set(release.orders.map(({ order }) => order));
      waiting = waiting.filter((order) => !gone.has(order));
      askAt = release.nextAt;
    }
    const onFloor = released - floor.view().done.length;
    if (wip.at(-1)?.orders !== onFloor) wip.push({ at: now, orders: onFloor });
  }

  const { done } = floor.view();
  const begun = orders[0]?.arrivesAt ?? 0;
  const dayMs = (wip.at(-1)?.at ?? begun) - begun;
  const idle = dayMs === 0 ? 0 : 1 - floor.workedMs() / (dayMs * places(capacities));
  return { name, done, wip, idle };
}

/** So many people and doors that the work of the day fills this share of the span in which its orders come in. */
export function capacitiesFor(orders: readonly DayOrder[], utilization: number): Capacities {
  const spanMs = (orders.at(-1)?.arrivesAt ?? 0) - (orders[0]?.arrivesAt ?? 0) || 3_600_000;
  const needed = (workMs: number) => Math.max(1, Math.round(workMs / (spanMs * utilization)));
  const zones = Map.groupBy(orders, ({ zone }) => zone);
  return {
    pickersPerZone: new Map(
      [...zones].map(([zone, ofZone]) => [
        zone,
        needed(ofZone.reduce((sum, { pickMs }) => sum + pickMs, 0)),
      ]),
    ),
    packers: needed(orders.reduce((sum, { packMs }) => sum + packMs, 0)),
    doors: needed(orders.reduce((sum, { loadMs }) => sum + loadMs, 0)),
  };
}

function places({ pickersPerZone, packers, doors }: Capacities): number {
  return [...pickersPerZone.values()].reduce((sum, pickers) => sum + pickers, packers + doors);
}
