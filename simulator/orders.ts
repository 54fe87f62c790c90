import type { WorkflowPriority } from '#domain/workflow/vocabulary.ts';
import {
  CURRENCY,
  HOME_COUNTRY,
  QC_FROM_VALUE,
  ZONES,
  carrierFor,
  totalOf,
} from '#simulator/order.ts';
import type { Order, OrderLine } from '#simulator/order.ts';
import { between, pickWeighted, randomFrom } from '#simulator/random.ts';
import type { Weighted } from '#simulator/random.ts';

/** An order and how urgent it is. */
export type PlacedOrder = { readonly order: Order; readonly priority: WorkflowPriority };

const SKUS = 400;
/** Popularity falls with rank as 1 / rank^exponent: the ten hottest of 400 get about 40 % of the lines. */
const ZIPF_EXPONENT = 1;
const CUSTOMERS = 1500;
const GIFT_RATE = 0.12;
const QC_RATE = 0.05;
const MAX_LINES = 12;
/** Chance that an order has yet another line: a mean of about four. */
const NEXT_LINE_RATE = 0.76;

type Goods = { readonly sku: string; readonly description: string; readonly unitPrice: number };

/**
 * Orders without end, the same for the same seed: few SKUs are wanted by many, one order in five leaves the country, and
 * one in seven is urgent. The n-th order of a seed never depends on how many are taken.
 */
export function* generateOrders(seed: number): Generator<PlacedOrder, never> {
  const goods = assortment(seed);
  const popularity = cumulativePopularity();
  for (let number = 1; ; number += 1) {
    const random = randomFrom(`order|${seed}|${number}`);
    yield {
      order: placeOrder(
        `ORD-${seed}-${String(number).padStart(6, '0')}`,
        random,
        goods,
        popularity,
      ),
      priority: pickWeighted(random, PRIORITIES),
    };
  }
}

function placeOrder(
  orderId: string,
  random: () => number,
  goods: readonly Goods[],
  popularity: readonly number[],
): Order {
  const lines = linesOf(random, goods, popularity);
  const country = pickWeighted(random, COUNTRIES);
  const totalValue = totalOf(lines);
  const inspected = random() < QC_RATE;
  return {
    orderId,
    customerId: `C-${between(random, 1, CUSTOMERS)}`,
    country,
    export: country !== HOME_COUNTRY,
    gift: random() < GIFT_RATE,
    qcRequired: inspected || totalValue >= QC_FROM_VALUE,
    warehouseId: pickWeighted(random, WAREHOUSES),
    zone: ZONES[between(random, 0, ZONES.length - 1)] ?? ZONES[0],
    carrier: carrierFor(country),
    currency: CURRENCY,
    totalValue,
    lines,
  };
}

/** Lines of different goods; one that is drawn twice is simply wanted more. */
function linesOf(
  random: () => number,
  goods: readonly Goods[],
  popularity: readonly number[],
): readonly OrderLine[] {
  const lines = new Map<string, OrderLine>();
  do {
    const drawn = goods[rankDrawn(random(), popularity)];
    if (!drawn) continue;
    const before = lines.get(drawn.sku)?.quantity ?? 0;
    lines.set(drawn.sku, { ...drawn, quantity: before + pickWeighted(random, QUANTITIES) });
  } while (lines.size < MAX_LINES && random() < NEXT_LINE_RATE);
  return [...lines.values()];
}

function assortment(seed: number): readonly Goods[] {
  return Array.from({ length: SKUS }, (_unused, index) => {
    const random = randomFrom(`goods|${seed}|${index}`);
    const pick = (words: readonly string[]) => words[between(random, 0, words.length - 1)] ?? '';
    return {
      sku: String(20_000 + index * 7),
      description: `${pick(LOOKS)} ${pick(THINGS)}`,
      // Most goods are cheap, a few are not: 0.39 to about 40.
      unitPrice: Math.round(39 * 100 ** random()) / 100,
    };
  });
}

function cumulativePopularity(): readonly number[] {
  let sum = 0;
  return Array.from({ length: SKUS }, (_unused, rank) => (sum += 1 / (rank + 1) ** ZIPF_EXPONENT));
}

function rankDrawn(draw: number, popularity: readonly number[]): number {
  const mark = draw * (popularity.at(-1) ?? 0);
  return popularity.findIndex((sum) => mark < sum);
}

const PRIORITIES: readonly [Weighted<WorkflowPriority>, ...Weighted<WorkflowPriority>[]] = [
  ['NORMAL', 62],
  ['HIGH', 14],
  ['LOW', 24],
];

const COUNTRIES: readonly [Weighted<string>, ...Weighted<string>[]] = [
  [HOME_COUNTRY, 80],
  ['Germany', 5],
  ['France', 5],
  ['EIRE', 4],
  ['Norway', 2],
  ['Spain', 2],
  ['Australia', 1],
  ['Japan', 1],
];

const WAREHOUSES: readonly [Weighted<string>, ...Weighted<string>[]] = [
  ['WH-1', 60],
  ['WH-2', 30],
  ['WH-3', 10],
];

const QUANTITIES: readonly [Weighted<number>, ...Weighted<number>[]] = [
  [1, 40],
  [2, 20],
  [6, 15],
  [12, 15],
  [24, 8],
  [48, 2],
];

const LOOKS = ['Enamel', 'Glass', 'Hanging', 'Retrospot', 'Rustic', 'Striped', 'Wicker', 'Wooden'];
const THINGS = ['basket', 'bird', 'cake tin', 'candle', 'clock', 'frame', 'lantern', 'mug', 'tray'];
