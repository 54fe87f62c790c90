import { readCsv } from '#simulator/csv.ts';
import type { CsvRecord } from '#simulator/csv.ts';
import { COLUMNS, isProblem, readRow } from '#simulator/invoice-row.ts';
import type { Column, InvoiceRow, RawRow, RowProblem, RowReason } from '#simulator/invoice-row.ts';
import {
  CURRENCY,
  HOME_COUNTRY,
  QC_FROM_VALUE,
  ZONES,
  carrierFor,
  totalOf,
} from '#simulator/order.ts';
import type { Order, OrderLine } from '#simulator/order.ts';
import { between, randomFrom } from '#simulator/random.ts';

/** Goods taken back. The data don't say from which order. */
export type Cancellation = {
  /** `C` and a number */
  readonly cancellationId: string;
  readonly customerId: string;
  readonly country: string;
  readonly totalValue: number;
  readonly lines: readonly OrderLine[];
};

/** What a file of invoices holds, in the order of its rows. */
export type InvoiceItem =
  | { readonly kind: 'order'; readonly invoicedAt: string; readonly order: Order }
  | {
      readonly kind: 'cancellation';
      readonly invoicedAt: string;
      readonly cancellation: Cancellation;
    }
  | {
      readonly kind: 'odd-row';
      /** From 1; the header is a line too. */
      readonly line: number;
      readonly reason: RowReason;
      readonly detail: string;
      /** false: reported, but part of its order. */
      readonly skipped: boolean;
    };

/** Rows of an invoice stand together, but a few strays between them do no harm. */
const OPEN_INVOICES = 16;

const WAREHOUSE = 'WH-1';
const WRAPPING = /\bgift ?(wrap|bag|box|tag)|\bwrap\b/i;

/**
 * Reads invoices from CSV, as a stream: an invoice is an order, its rows are the lines; one whose number starts with C
 * takes goods back. Odd rows are reported and skipped (a price of 0 is a sample: reported and kept). Never throws for
 * what the file holds; a file without the columns yields one odd row and nothing else.
 * @param source the file's bytes or text: `createReadStream(path)`, or an array of strings
 */
export async function* readInvoices(
  source: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): AsyncGenerator<InvoiceItem, void> {
  const open = new Map<string, InvoiceRow[]>();
  const closed = new Set<string>();
  let header: Header | null = null;

  for await (const record of readCsv(source)) {
    const { line } = record;
    if (header === null) {
      header = headerOf(record);
      if (header.missing.length === 0) continue;
      yield oddRow(line, 'missing-field', `no column ${header.missing.join(', ')}`);
      return;
    }
    const row = rowOf(record, header);
    if (isProblem(row)) {
      yield oddRow(line, row.reason, row.detail);
      continue;
    }
    if (closed.has(row.invoiceNo)) {
      yield oddRow(line, 'invoice-already-closed', row.invoiceNo);
      continue;
    }
    if (row.unitPrice === 0) yield oddRow(line, 'sample', row.sku, false);
    const rows = open.get(row.invoiceNo);
    if (rows) rows.push(row);
    else open.set(row.invoiceNo, [row]);
    if (open.size > OPEN_INVOICES) yield* closeOldest(open, closed);
  }
  while (open.size > 0) yield* closeOldest(open, closed);
}

function* closeOldest(
  open: Map<string, InvoiceRow[]>,
  closed: Set<string>,
): Generator<InvoiceItem, void> {
  const [oldest] = open;
  if (!oldest) return;
  const [invoiceNo, rows] = oldest;
  open.delete(invoiceNo);
  closed.add(invoiceNo);
  const [first] = rows;
  if (first) yield itemOf(first, rows);
}

function itemOf(first: InvoiceRow, rows: readonly InvoiceRow[]): InvoiceItem {
  const { invoiceNo, invoicedAt, customerId, country } = first;
  const lines = rows.map(({ sku, description, quantity, unitPrice }) => ({
    sku,
    description,
    quantity,
    unitPrice,
  }));
  const totalValue = totalOf(lines);
  if (first.cancels) {
    const cancellation = { cancellationId: invoiceNo, customerId, country, totalValue, lines };
    return { kind: 'cancellation', invoicedAt, cancellation };
  }
  const order = {
    orderId: invoiceNo,
    customerId,
    country,
    export: country !== HOME_COUNTRY && country !== 'Unspecified',
    gift: lines.some(({ description }) => WRAPPING.test(description)),
    qcRequired: totalValue >= QC_FROM_VALUE,
    warehouseId: WAREHOUSE,
    zone: ZONES[between(randomFrom(`zone|${invoiceNo}`), 0, ZONES.length - 1)] ?? ZONES[0],
    carrier: carrierFor(country),
    currency: CURRENCY,
    totalValue,
    lines,
  };
  return { kind: 'order', invoicedAt, order };
}

type Header = {
  readonly width: number;
  readonly places: ReadonlyMap<Column, number>;
  readonly missing: readonly Column[];
};

/** Columns are found by name, in any order. */
function headerOf(record: CsvRecord): Header {
  const names = record.kind === 'record' ? record.fields.map((name) => name.trim()) : [];
  const places = new Map(COLUMNS.map((column) => [column, names.indexOf(column)]));
  const missing = COLUMNS.filter((column) => places.get(column) === -1);
  return { width: names.length, places, missing };
}

function rowOf(record: CsvRecord, { width, places }: Header): InvoiceRow | RowProblem {
  if (record.kind === 'malformed') return { reason: 'malformed-row', detail: record.reason };
  const { fields } = record;
  if (fields.length !== width) {
    return { reason: 'malformed-row', detail: `${fields.length} fields, not ${width}` };
  }
  const field = (column: Column) => fields[places.get(column) ?? -1] ?? '';
  const raw: RawRow = {
    InvoiceNo: field('InvoiceNo'),
    StockCode: field('StockCode'),
    Description: field('Description'),
    Quantity: field('Quantity'),
    InvoiceDate: field('InvoiceDate'),
    UnitPrice: field('UnitPrice'),
    CustomerID: field('CustomerID'),
    Country: field('Country'),
  };
  return readRow(raw);
}

function oddRow(line: number, reason: RowReason, detail: string, skipped = true): InvoiceItem {
  return { kind: 'odd-row', line, reason, detail, skipped };
}
