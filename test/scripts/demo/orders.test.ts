import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { inventOrders, readOrders, type Arrival } from '../../../scripts/demo/orders.ts';

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const row = (invoice: string, code: string, quantity: number, customer = '17850.0') =>
  `${invoice},${code},SOMETHING,${quantity},2010-12-01 08:26:00,2.55,${customer},United Kingdom`;

test('the same seed gives the same orders, as many as asked for', (t) => {
  const { arrivals } = inventOrders(7, 20);
  t.is(arrivals.length, 20);
  t.deepEqual(inventOrders(7, 20).arrivals, arrivals);
  t.deepEqual(inventOrders(7, 5).arrivals, arrivals.slice(0, 5));
  t.notDeepEqual(inventOrders(8, 20).arrivals, arrivals);
});

test('an invoice is an order, its rows are the lines', async (t) => {
  const { arrivals } = await read(t, row('1', 'A-1', 6), row('1', 'B-2', 2), row('2', 'A-1', 1));
  t.deepEqual(
    arrivals.map((arrival) => arrival.kind === 'order' && arrival.order.lines.length),
    [2, 1],
  );
});

test('goods taken back belong to the newest order of that customer that holds them all', async (t) => {
  const { arrivals } = await read(
    t,
    row('1', 'A-1', 6),
    row('2', 'A-1', 6),
    row('3', 'A-1', 6, '13047.0'),
    row('C4', 'A-1', -6),
  );
  t.is(takenBack(arrivals), '2');
});

for (const [why, rows] of [
  ['from another customer', [row('1', 'A-1', 6, '13047.0'), row('C2', 'A-1', -6)]],
  ['from nobody in particular', [row('1', 'A-1', 6, ''), row('C2', 'A-1', -6, '')]],
  ['that were not ordered', [row('1', 'A-1', 6), row('C2', 'B-2', -6)]],
  ['of which fewer were ordered', [row('1', 'A-1', 5), row('C2', 'A-1', -6)]],
  ['before they were ordered', [row('C1', 'A-1', -6), row('2', 'A-1', 6)]],
] as const) {
  test(`goods ${why} take back no order`, async (t) => {
    const { arrivals } = await read(t, ...rows);
    t.is(takenBack(arrivals), null);
  });
}

test('odd rows are reported by their line and skipped', async (t) => {
  const { arrivals, oddRows } = await read(
    t,
    row('1', 'A-1', 6),
    'what,is,this',
    row('1', 'B-2', 0),
  );
  t.is(arrivals.length, 1);
  t.deepEqual(
    oddRows.map(({ line, reason, skipped }) => ({ line, reason, skipped })),
    [
      { line: 3, reason: 'malformed-row', skipped: true },
      { line: 4, reason: 'bad-quantity', skipped: true },
    ],
  );
});

test('reading stops at the number of orders asked for', async (t) => {
  const rows = Array.from({ length: 40 }, (_row, index) => row(String(index + 1), 'A-1', 1));
  t.is((await read(t, ...rows)).arrivals.length, 3);
});

async function read(t: ExecutionContext, ...rows: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'wes-orders-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'orders.csv');
  await writeFile(file, [HEADER, ...rows].join('\n'));
  return await readOrders(file, 3);
}

/** The order that the one cancellation takes back. */
function takenBack(arrivals: readonly Arrival[]): string | null {
  const found = arrivals.find((arrival) => arrival.kind === 'cancellation');
  if (found === undefined) throw new Error('there is no cancellation');
  return found.order?.orderId ?? null;
}
