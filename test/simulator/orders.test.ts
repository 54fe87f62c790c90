import test from 'ava';
import { generateOrders } from '#simulator/orders.ts';
import type { PlacedOrder } from '#simulator/orders.ts';

const COUNT = 3000;

function take(seed: number, count = COUNT): readonly PlacedOrder[] {
  const orders = generateOrders(seed);
  return Array.from({ length: count }, () => orders.next().value);
}

const placed = take(1);
const share = (meets: (order: PlacedOrder) => boolean) => placed.filter(meets).length / COUNT;

test('the same seed gives the same orders, another seed others', (t) => {
  t.deepEqual(take(1, 50), placed.slice(0, 50));
  t.notDeepEqual(take(2, 50), placed.slice(0, 50));
});

test('every order is one that could be shipped', (t) => {
  t.is(new Set(placed.map(({ order }) => order.orderId)).size, COUNT);
  for (const { order } of placed) {
    t.true(order.lines.length >= 1 && order.lines.length <= 12);
    t.is(new Set(order.lines.map(({ sku }) => sku)).size, order.lines.length);
    t.true(order.lines.every(({ quantity }) => Number.isInteger(quantity) && quantity >= 1));
    const sum = order.lines.reduce((total, line) => total + line.quantity * line.unitPrice, 0);
    t.true(Math.abs(order.totalValue - sum) < 0.01);
    t.is(order.export, order.country !== 'United Kingdom');
    t.true(order.qcRequired || order.totalValue < 500);
  }
});

test('a good has one price and one description, whoever orders it', (t) => {
  const known = new Map<string, string>();
  for (const { sku, description, unitPrice } of placed.flatMap(({ order }) => order.lines)) {
    const goods = `${description} at ${unitPrice}`;
    t.is(known.get(sku) ?? goods, goods);
    known.set(sku, goods);
  }
});

test('a few goods are hot, most are not', (t) => {
  const wanted = new Map<string, number>();
  const lines = placed.flatMap(({ order }) => order.lines);
  for (const { sku } of lines) wanted.set(sku, (wanted.get(sku) ?? 0) + 1);
  const byDemand = [...wanted.values()].toSorted((a, b) => b - a);
  const hottest = byDemand.slice(0, 10).reduce((sum, count) => sum + count, 0) / lines.length;
  t.true(hottest > 0.3 && hottest < 0.55, `the ten hottest have ${hottest}`);
  t.true(wanted.size > 350, `${wanted.size} different goods`);
});

test('there are several lines, gifts, exports and all three priorities, in plausible shares', (t) => {
  const meanLines = placed.reduce((sum, { order }) => sum + order.lines.length, 0) / COUNT;
  t.true(meanLines > 3 && meanLines < 4.5, `${meanLines} lines`);
  const near = (what: string, found: number, expected: number) =>
    t.true(Math.abs(found - expected) < 0.03, `${what}: ${found}, expected ${expected}`);
  near(
    'gift',
    share(({ order }) => order.gift),
    0.12,
  );
  near(
    'export',
    share(({ order }) => order.export),
    0.2,
  );
  near(
    'HIGH',
    share(({ priority }) => priority === 'HIGH'),
    0.14,
  );
  near(
    'NORMAL',
    share(({ priority }) => priority === 'NORMAL'),
    0.62,
  );
  near(
    'LOW',
    share(({ priority }) => priority === 'LOW'),
    0.24,
  );
});
