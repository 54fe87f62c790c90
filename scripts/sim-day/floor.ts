import type { DayOrder } from './day-orders.ts';

/** People and doors. Each does one order at a time. */
export type Capacities = {
  readonly pickersPerZone: ReadonlyMap<string, number>;
  readonly packers: number;
  readonly doors: number;
};

/** An order on the floor or done; times are ms since midnight. */
export type FloorOrder = {
  readonly order: DayOrder;
  readonly releasedAt: number;
  /** In which order the stations take what waits before them: the lesser goes first, then who was released first. */
  readonly rank: number;
};

export type DoneOrder = FloorOrder & { readonly doneAt: number };

/** What those who release may know of the floor. */
export type FloorView = {
  /** Orders on the floor, by zone. */
  readonly inFlight: ReadonlyMap<string, number>;
  /** 0..1 */
  readonly busyPickers: number;
  readonly busyPackers: number;
  /** Orders that wait before a station. */
  readonly queued: number;
  readonly done: readonly DoneOrder[];
};

type Job = FloorOrder & { stage: 0 | 1 | 2 };

/** A station with so many places and a line before it. */
type Station = { readonly places: number; readonly line: Job[]; busy: number; busyMs: number };

/**
 * A floor on a virtual clock: an order is picked in its zone, packed, and loaded at a door. The caller moves the clock from event to
 * event (`nextAt`, `advance`), so that a day takes as long as its arithmetic.
 */
export type Floor = {
  release(orders: readonly { readonly order: DayOrder; readonly rank: number }[], at: number): void;
  /** When the next order leaves a station; Infinity: nothing is under way. */
  nextAt(): number;
  /** Lets all happen that happens until then, that time included. */
  advance(until: number): void;
  view(): FloorView;
  /** Work done by people and doors so far, ms. */
  workedMs(): number;
};

export function createFloor(capacities: Capacities): Floor {
  const zones = new Map(
    [...capacities.pickersPerZone].map(([zone, places]) => [zone, station(places)]),
  );
  const packing = station(capacities.packers);
  const loading = station(capacities.doors);
  const stations = [...zones.values(), packing, loading];
  const inFlight = new Map<string, number>();
  const done: DoneOrder[] = [];
  /** Ends of what is under way, the next one last. */
  const ends: { readonly at: number; readonly job: Job }[] = [];

  function stationOf({ order, stage }: Job): Station {
    if (stage === 1) return packing;
    if (stage === 2) return loading;
    const zone = zones.get(order.zone);
    if (zone === undefined) throw new Error(`nobody picks in zone ${order.zone}`);
    return zone;
  }

  function enter(job: Job, at: number): void {
    const { line } = stationOf(job);
    const behind = line.findIndex((other) => compareJobs(job, other) < 0);
    line.splice(behind === -1 ? line.length : behind, 0, job);
    begin(stationOf(job), at);
  }

  function begin(place: Station, at: number): void {
    while (place.busy < place.places) {
      const job = place.line.shift();
      if (job === undefined) return;
      const { pickMs, packMs, loadMs } = job.order;
      const workMs = [pickMs, packMs, loadMs][job.stage] ?? 0;
      place.busy += 1;
      place.busyMs += workMs;
      const end = { at: at + workMs, job };
      const behind = ends.findIndex((other) => other.at <= end.at);
      ends.splice(behind === -1 ? ends.length : behind, 0, end);
    }
  }

  function leave(job: Job, at: number): void {
    const place = stationOf(job);
    place.busy -= 1;
    if (job.stage === 2) {
      const { order, releasedAt, rank } = job;
      done.push({ order, releasedAt, rank, doneAt: at });
      inFlight.set(order.zone, (inFlight.get(order.zone) ?? 1) - 1);
    } else {
      job.stage = job.stage === 0 ? 1 : 2;
      enter(job, at);
    }
    begin(place, at);
  }

  return {
    release(orders, at) {
      for (const { order, rank } of orders) {
        inFlight.set(order.zone, (inFlight.get(order.zone) ?? 0) + 1);
        enter({ order, rank, releasedAt: at, stage: 0 }, at);
      }
    },
    nextAt: () => ends.at(-1)?.at ?? Infinity,
    advance(until) {
      for (let end = ends.at(-1); end !== undefined && end.at <= until; end = ends.at(-1)) {
        ends.pop();
        leave(end.job, end.at);
      }
    },
    view: () => ({
      inFlight,
      busyPickers: share([...zones.values()]),
      busyPackers: share([packing]),
      queued: stations.reduce((sum, { line }) => sum + line.length, 0),
      done,
    }),
    workedMs: () => stations.reduce((sum, { busyMs }) => sum + busyMs, 0),
  };
}

function station(places: number): Station {
  return { places, line: [], busy: 0, busyMs: 0 };
}

function compareJobs(a: Job, b: Job): number {
  return a.rank - b.rank || a.releasedAt - b.releasedAt;
}

function share(stations: readonly Station[]): number {
  const places = stations.reduce((sum, one) => sum + one.places, 0);
  return places === 0 ? 0 : stations.reduce((sum, { busy }) => sum + busy, 0) / places;
}
