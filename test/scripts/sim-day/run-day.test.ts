import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { runScript } from '#test/scripts/run-script.ts';
import { chart } from '../../../scripts/sim-day/chart.ts';
import { inventDay, readDay, type DayOrder } from '../../../scripts/sim-day/day-orders.ts';
import { readOptions } from '../../../scripts/sim-day/options.ts';
import { outcomeOf, table } from '../../../scripts/sim-day/outcome.ts';
import { fifo, governor, waves } from '../../../scripts/sim-day/release-rules.ts';
import { capacitiesFor, runDay } from '../../../scripts/sim-day/run-day.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** One picker in zone A, one packer, one door. */
const SMALL = { pickersPerZone: new Map([['A', 1]]), packers: 1, doors: 1 };

function order(orderId: string, changes: Partial<DayOrder> = {}): DayOrder {
  return {
    orderId,
    zone: 'A',
    priority: 'NORMAL',
    arrivesAt: 9 * HOUR_MS,
    cutOffAt: null,
    pickMs: 10 * MINUTE_MS,
    packMs: 4 * MINUTE_MS,
    loadMs: MINUTE_MS,
    ...changes,
  };
}

test('an order is picked, packed and loaded; the next one is picked meanwhile', async (t) => {
  const { done } = await runDay('FIFO', [order('a'), order('b')], SMALL, fifo());
  t.deepEqual(
    done.map(({ order: { orderId }, doneAt }) => [orderId, (doneAt - 9 * HOUR_MS) / MINUTE_MS]),
    [
      ['a', 15],
      ['b', 25],
    ],
  );
});

test('waves release at the half hour only, all that waits', async (t) => {
  const orders = [
    order('a', { arrivesAt: 9 * HOUR_MS }),
    order('b', { arrivesAt: 9 * HOUR_MS + MINUTE_MS }),
    order('c', { arrivesAt: 9.5 * HOUR_MS - 1 }),
  ];
  const { done } = await runDay('waves', orders, SMALL, waves());
  t.deepEqual(
    done.map(({ releasedAt }) => releasedAt / HOUR_MS),
    [9, 9.5, 9.5],
  );
});

test('the governor keeps the floor within its lanes, and lets HIGH pass those that wait', async (t) => {
  const crowd = Array.from({ length: 12 }, (_, n) => order(`n${n}`));
  const late = order('urgent', { priority: 'HIGH', arrivesAt: 9 * HOUR_MS + MINUTE_MS });
  const day = await runDay('governor', [...crowd, late], SMALL, governor(SMALL));
  t.true(Math.max(...day.wip.map(({ orders }) => orders)) <= 3);
  const place = day.done.findIndex(({ order: { orderId } }) => orderId === 'urgent');
  t.true(place <= 3, String(place));
  const plain = await runDay('FIFO', [...crowd, late], SMALL, fifo());
  t.is(plain.done.at(-1)?.order.orderId, 'urgent');
});

test('every way of release does all orders of a day, each once, and never beyond the capacities', async (t) => {
  const orders = inventDay(3, 150);
  const capacities = capacitiesFor(orders, 0.9);
  const days = [
    await runDay('waves', orders, capacities, waves()),
    await runDay('FIFO', orders, capacities, fifo()),
    await runDay('governor', orders, capacities, governor(capacities)),
  ];
  for (const { done, idle } of days) {
    t.is(new Set(done.map((one) => one.order.orderId)).size, orders.length);
    t.true(done.every(({ order: { arrivesAt }, releasedAt }) => releasedAt >= arrivesAt));
    t.true(idle >= 0 && idle < 1);
  }
  const [, plain, governed] = days.map(outcomeOf);
  t.true((governed?.meanWip ?? Infinity) < (plain?.meanWip ?? 0));
  t.true((governed?.p95UrgentCycleMs ?? Infinity) < (plain?.p95UrgentCycleMs ?? 0));
});

test('where people are too few before the cut-offs, the governor misses at least a tenth fewer than first in, first out', async (t) => {
  for (const seed of [1, 2, 3]) {
    const orders = inventDay(seed, 400);
    const capacities = capacitiesFor(orders, 1.1);
    const plain = outcomeOf(await runDay('FIFO', orders, capacities, fifo()));
    const governed = outcomeOf(await runDay('governor', orders, capacities, governor(capacities)));
    t.true(plain.missedCutOffs > 100, 'cut-offs bind');
    const missed = `seed ${seed}: ${governed.missedCutOffs} of ${plain.missedCutOffs}`;
    t.true(governed.missedCutOffs < 0.9 * plain.missedCutOffs, missed);
  }
});

test('a day comes to its figures', async (t) => {
  const orders = [
    order('a', { cutOffAt: 9 * HOUR_MS + 15 * MINUTE_MS }),
    order('b', { cutOffAt: 9 * HOUR_MS + 24 * MINUTE_MS, priority: 'HIGH' }),
  ];
  const day = await runDay('FIFO', orders, SMALL, fifo());
  const outcome = outcomeOf(day);
  t.like(outcome, {
    p95CycleMs: 25 * MINUTE_MS,
    p95UrgentCycleMs: 25 * MINUTE_MS,
    missedCutOffs: 1,
    promised: 2,
    peakWip: 2,
  });
  t.is(outcome.ordersPerHour.toFixed(2), (2 / (25 / 60)).toFixed(2));
  t.is(outcome.idle.toFixed(3), (1 - 30 / 75).toFixed(3));
  t.is(outcome.meanWip.toFixed(2), ((2 * 15 + 10) / 25).toFixed(2));
  t.regex(table([outcome]), /missed cut-offs +1 of 2/);
  const picture = chart('a < b', [day]);
  t.regex(picture, /^<svg [^>]+>\n[^]*a &lt; b[^]*<path d="M[^]*<\/svg>\n$/);
});

test('a file without orders is told, and so are arguments that are no good', async (t) => {
  await t.throwsAsync(readDay('package.json'), {
    message: /holds no order: line 1, no column InvoiceNo/,
  });
  await t.throwsAsync(readDay('/nowhere.csv'), { message: /nowhere\.csv can't be read: ENOENT/ });
  await t.throwsAsync(readDay('.'), { message: /can't be read: EISDIR/ });
  t.like(readOptions(['--speed', '0']), { kind: 'invalid' });
  t.like(readOptions(['--count', 'many']), { kind: 'invalid' });
  t.like(readOptions(['--wat']), { kind: 'invalid' });
  t.like(readOptions(['--help']), { kind: 'help' });
  t.like(readOptions(['--compare', '--utilization', '80']), {
    kind: 'run',
    options: { compare: true, utilization: 0.8, ordersFile: null, speed: null },
  });
});

test('rows that can not be used are left out, and said to be so', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'wes-day-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const [file, svg] = [join(folder, 'day.csv'), join(folder, 'day.svg')];
  const row = (invoice: string, quantity: string, at: string) =>
    `${invoice},85123A,Hanging heart,${quantity},${at},2.55,17850,United Kingdom`;
  const rows = [
    'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country',
    row('536365', '6', '2010-12-01 08:26:00'),
    row('C536366', '-1', '2010-12-01 08:30:00'),
    row('536367', '6', '2010-12-02 08:34:00'),
    ...Array.from({ length: 7 }, () => row('536368', 'many', '2010-12-01 09:00:00')),
    '1,2',
  ];
  await writeFile(file, rows.join('\n'));
  const script = 'scripts/sim-day.ts';
  const { status, out, err } = await runScript([script, '--orders', file, '--svg', svg]);
  t.is(status, 0);
  t.regex(out, /^day\.csv: 2 orders\n/);
  t.deepEqual(err.split('\n'), [
    'the file holds 2 days: they are laid upon each other',
    'left out: 1 cancellation',
    'left out: 7 rows, bad-quantity (line 5: many on invoice 536368)',
    'left out: 1 row, malformed-row (line 12: 2 fields, not 8)',
    '',
  ]);
  t.regex(await readFile(svg, 'utf8'), /<svg/);
});
