import { createReadStream } from 'node:fs';
import type { WorkflowPriority } from '#domain/workflow/vocabulary.ts';
import { readInvoices } from '#simulator/csv-orders.ts';
import type { Order } from '#simulator/order.ts';
import { generateOrders } from '#simulator/orders.ts';
import { between, pickWeighted, randomFrom, type Weighted } from '#simulator/random.ts';
import type { OddRow } from '../demo/orders.ts';

/** An order of the day, as far as the floor cares. Times are ms since midnight. */
export type DayOrder = {
  readonly orderId: string;
  readonly zone: string;
  readonly priority: WorkflowPriority;
  readonly arrivesAt: number;
  /** When its carrier leaves; null: only tomorrow. */
  readonly cutOffAt: number | null;
  readonly pickMs: number;
  readonly packMs: number;
  readonly loadMs: number;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Departures of the carriers. An order is promised for the first one that leaves it this much time. */
const DEPARTURES: Readonly<Record<string, readonly number[]>> = {
  ROYAL_MAIL: [12 * HOUR_MS, 15 * HOUR_MS, 18 * HOUR_MS],
  DPD: [13 * HOUR_MS, 17 * HOUR_MS],
  DHL_EXPRESS: [11 * HOUR_MS, 14 * HOUR_MS, 16.5 * HOUR_MS],
};
const PROMISE_MS = 90 * MINUTE_MS;

/** Work per order and per line: 80 lines an hour are picked by hand, 240 packed. */
const PICK = { orderMs: MINUTE_MS, lineMs: 45_000 };
const PACK = { orderMs: MINUTE_MS, lineMs: 15_000 };
const LOAD_MS = 90_000;

/** What a file of invoices came to. */
export type ReadDay = {
  readonly orders: readonly DayOrder[];
  /** Days on which they were placed; more than one are laid upon each other. */
  readonly days: number;
  /** Goods taken back: the floor has nothing to do with them. */
  readonly cancellations: number;
  /** Rows that could not be taken. */
  readonly leftOut: readonly OddRow[];
};

/**
 * The orders of a file of invoices, at the times of the day at which they were placed.
 * @throws Error when the file can't be read, or holds no order
 */
export async function readDay(file: string): Promise<ReadDay> {
  const orders: DayOrder[] = [];
  const dates = new Set<string>();
  const leftOut: OddRow[] = [];
  let cancellations = 0;
  try {
    for await (const item of readInvoices(createReadStream(file))) {
      if (item.kind === 'cancellation') cancellations += 1;
      if (item.kind === 'odd-row' && item.skipped) leftOut.push(item);
      if (item.kind !== 'order') continue;
      const [date = '', time = ''] = item.invoicedAt.split(/[ T]/);
      dates.add(date);
      orders.push(dayOrder(item.order, timeOfDay(time)));
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${file} can't be read: ${why}`, { cause: error });
  }
  if (orders.length === 0) {
    const [first] = leftOut;
    const why = first === undefined ? '' : `: line ${first.line}, ${first.detail}`;
    throw new Error(`${file} holds no order${why}`);
  }
  const sorted = orders.toSorted((a, b) => a.arrivesAt - b.arrivesAt);
  return { orders: sorted, days: dates.size, cancellations, leftOut };
}

/** ms since midnight of `hh:mm:ss...`. */
function timeOfDay(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.slice(0, 8).split(':').map(Number);
  return hours * HOUR_MS + minutes * MINUTE_MS + seconds * 1000;
}

/** Between which hours orders of a made-up day come. */
const ARRIVALS: readonly [
  Weighted<readonly [number, number]>,
  ...Weighted<readonly [number, number]>[],
] = [
  [[9, 11], 3],
  [[14, 16], 3],
  [[8, 17], 4],
];

/** A made-up day: most orders come in the morning and from two to four, the same for the same seed. */
export function inventDay(seed: number, count: number): readonly DayOrder[] {
  const orders: DayOrder[] = [];
  for (const { order } of generateOrders(seed)) {
    if (orders.length === count) break;
    const random = randomFrom(`arrival|${seed}|${order.orderId}`);
    const [from, to] = pickWeighted(random, ARRIVALS);
    const arrivesAt = between(random, from * HOUR_MS, to * HOUR_MS);
    orders.push(dayOrder(order, arrivesAt));
  }
  return orders.toSorted((a, b) => a.arrivesAt - b.arrivesAt);
}

function dayOrder(order: Order, arrivesAt: number): DayOrder {
  const lines = order.lines.length;
  const departures = DEPARTURES[order.carrier] ?? [];
  const cutOffAt = departures.find((at) => at - arrivesAt >= PROMISE_MS) ?? null;
  return {
    orderId: order.orderId,
    zone: order.zone,
    priority: classOf(order, cutOffAt),
    arrivesAt,
    cutOffAt,
    pickMs: PICK.orderMs + lines * PICK.lineMs,
    packMs: PACK.orderMs + lines * PACK.lineMs,
    loadMs: LOAD_MS,
  };
}

/** Express goes first; what leaves only tomorrow can wait. */
function classOf({ carrier }: Order, cutOffAt: number | null): WorkflowPriority {
  if (carrier === 'DHL_EXPRESS') return 'HIGH';
  return cutOffAt === null ? 'LOW' : 'NORMAL';
}
