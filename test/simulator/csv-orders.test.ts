import test from 'ava';
import { readInvoices } from '#simulator/csv-orders.ts';
import type { InvoiceItem } from '#simulator/csv-orders.ts';
import { collect } from '#test/simulator/support/collect.ts';

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const DATE = '2010-12-01 08:26:00';

function read(...rows: readonly string[]): Promise<readonly InvoiceItem[]> {
  return collect(readInvoices([[HEADER, ...rows].join('\n')]));
}

/** One row, well-formed but for what a test changes. */
function row(changed: Readonly<Record<string, string>> = {}): string {
  const fields = {
    InvoiceNo: '536365',
    StockCode: '85123A',
    Description: 'T-LIGHT HOLDER',
    Quantity: '6',
    InvoiceDate: DATE,
    UnitPrice: '2.55',
    CustomerID: '17850.0',
    Country: 'United Kingdom',
  };
  return Object.values({ ...fields, ...changed }).join(',');
}

test('an invoice is an order, its rows are the lines', async (t) => {
  const items = await read(
    row(),
    row({
      StockCode: '71053',
      Description: '"LANTERN, ""WHITE"""',
      Quantity: '8',
      UnitPrice: '3.39',
    }),
    row({ InvoiceNo: '536366', CustomerID: '', Country: 'France', Quantity: '300' }),
  );
  t.is(items.length, 2);
  t.like(items[0], {
    kind: 'order',
    invoicedAt: DATE,
    order: {
      orderId: '536365',
      customerId: '17850',
      country: 'United Kingdom',
      export: false,
      gift: false,
      qcRequired: false,
      currency: 'GBP',
      totalValue: 42.42,
      lines: {
        length: 2,
        0: { sku: '85123A', description: 'T-LIGHT HOLDER', quantity: 6, unitPrice: 2.55 },
        1: { sku: '71053', description: 'LANTERN, "WHITE"', quantity: 8, unitPrice: 3.39 },
      },
    },
  });
  t.like(items[1], {
    order: { customerId: 'GUEST', export: true, qcRequired: true, carrier: 'DPD' },
  });
});

test('an invoice that starts with C takes goods back', async (t) => {
  const items = await read(
    row({ InvoiceNo: 'C536379', Quantity: '-2' }),
    row({ InvoiceNo: 'C536379', Quantity: '2' }),
  );
  t.like(items, {
    length: 2,
    0: { kind: 'odd-row', line: 3, reason: 'bad-quantity' },
    1: {
      kind: 'cancellation',
      cancellation: {
        cancellationId: 'C536379',
        customerId: '17850',
        totalValue: 5.1,
        lines: { length: 1, 0: { quantity: 2 } },
      },
    },
  });
});

for (const [what, changed, reason] of [
  ['no stock code', { StockCode: '' }, 'missing-field'],
  ['no description', { Description: '  ' }, 'missing-field'],
  ['no country', { Country: '' }, 'missing-field'],
  ['a quantity of nan', { Quantity: 'nan' }, 'bad-quantity'],
  ['a fractional quantity', { Quantity: '1.5' }, 'bad-quantity'],
  ['a negative quantity', { Quantity: '-1' }, 'bad-quantity'],
  ['a quantity of 0', { Quantity: '0' }, 'bad-quantity'],
  ['a price of nan', { UnitPrice: 'nan' }, 'bad-price'],
  ['a negative price', { UnitPrice: '-11062.06' }, 'bad-price'],
  ['a date that is none', { InvoiceDate: '2010-13-01 08:26:00' }, 'bad-date'],
  ['an adjustment', { InvoiceNo: 'A563185' }, 'bad-invoice'],
  ['postage', { StockCode: 'POST' }, 'not-goods'],
  ['carriage', { StockCode: 'DOT' }, 'not-goods'],
  ['a discount', { StockCode: 'D' }, 'not-goods'],
  ['a manual correction', { StockCode: 'm' }, 'not-goods'],
  ['bank charges', { StockCode: 'BANK CHARGES' }, 'not-goods'],
  ["a market place's fee", { StockCode: 'AMAZONFEE' }, 'not-goods'],
  ['a voucher', { StockCode: 'gift_0001_20' }, 'not-goods'],
  ['a comma too many', { Description: 'A, B' }, 'malformed-row'],
  ['text after a quote', { Description: '"A"B' }, 'malformed-row'],
] as const) {
  test(`${what} is reported with its line and skipped, the order goes on`, async (t) => {
    const items = await read(row(), row(changed), row({ StockCode: '71053' }));
    t.like(items, {
      length: 2,
      0: { kind: 'odd-row', line: 3, reason, skipped: true },
      1: { kind: 'order', order: { lines: { length: 2 } } },
    });
  });
}

test('goods whose code looks odd are goods', async (t) => {
  const items = await read(row({ StockCode: 'DCGSSGIRL' }), row({ StockCode: '15056bl' }));
  t.like(items, { length: 1, 0: { order: { lines: { 1: { sku: '15056BL' } } } } });
});

test('a sample, price 0, is reported and kept', async (t) => {
  const items = await read(row({ UnitPrice: '0.0' }));
  t.like(items, {
    length: 2,
    0: { kind: 'odd-row', line: 2, reason: 'sample', skipped: false },
    1: { kind: 'order', order: { totalValue: 0 } },
  });
});

test('an invoice of which nothing is left is no order', async (t) => {
  const items = await read(row({ StockCode: 'POST' }));
  t.deepEqual(
    items.map(({ kind }) => kind),
    ['odd-row'],
  );
});

test('rows of an invoice may have strays between them; one that comes far too late is reported', async (t) => {
  const strays = Array.from({ length: 40 }, (_unused, n) =>
    row({ InvoiceNo: String(600_000 + n) }),
  );
  const items = await read(row(), ...strays.slice(0, 5), row(), ...strays.slice(5), row());
  const first = items.find((item) => item.kind === 'order');
  t.like(first, { order: { orderId: '536365', lines: { length: 2 } } });
  t.like(
    items.find((item) => item.kind === 'odd-row'),
    { line: 44, reason: 'invoice-already-closed' },
  );
  t.is(items.filter((item) => item.kind === 'order').length, 41);
});

test('columns may stand in any order; without one of them nothing is read', async (t) => {
  const turned = [
    'Country,CustomerID,UnitPrice,InvoiceDate,Quantity,Description,StockCode,InvoiceNo',
  ];
  turned.push(row().split(',').toReversed().join(','));
  const items = await collect(readInvoices([turned.join('\n')]));
  t.like(items, { length: 1, 0: { order: { orderId: '536365' } } });
  const lacking = await collect(readInvoices(['InvoiceNo,StockCode\n1,2\n']));
  t.like(lacking, { length: 1, 0: { kind: 'odd-row', line: 1, reason: 'missing-field' } });
  t.deepEqual(await collect(readInvoices([])), []);
});
