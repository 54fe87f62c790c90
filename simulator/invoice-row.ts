/** One row of the file, checked: goods on an invoice. */
export type InvoiceRow = {
  readonly invoiceNo: string;
  /** The invoice takes goods back (its number starts with C). */
  readonly cancels: boolean;
  readonly sku: string;
  readonly description: string;
  /** Above 0; of a cancellation: what came back. */
  readonly quantity: number;
  readonly unitPrice: number;
  readonly invoicedAt: string;
  readonly customerId: string;
  readonly country: string;
};

export type RowReason =
  | 'malformed-row'
  | 'missing-field'
  | 'bad-invoice'
  | 'bad-quantity'
  | 'bad-price'
  | 'bad-date'
  | 'not-goods'
  | 'invoice-already-closed'
  /** kept, unlike the others */
  | 'sample';

export type RowProblem = { readonly reason: RowReason; readonly detail: string };

export const COLUMNS = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const;
export type Column = (typeof COLUMNS)[number];
export type RawRow = Readonly<Record<Column, string>>;

/** A third of the real rows name no customer: sold without an account. */
export const GUEST = 'GUEST';

const REQUIRED = COLUMNS.filter((column) => column !== 'CustomerID');
const INVOICE = /^C?\d+$/i;
const WHOLE = /^-?\d+(\.0+)?$/;
const DECIMAL = /^-?\d+(\.\d+)?$/;
const DATE = /^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?$/;

/** Postage, carriage, fees, discounts, corrections, vouchers: booked like goods, but nothing that a picker could pick. */
const NOT_GOODS =
  /^(POST|DOT|C2|D|M|S|B|CRUK|BANK CHARGES|AMAZON ?FEE|ADJUST\d*|TEST\d*|GIFT_\d+.*)$/i;

/** Reads a row; anything odd is a problem with a reason, never an exception. */
export function readRow(raw: RawRow): InvoiceRow | RowProblem {
  const row = trimmed(raw);
  const missing = REQUIRED.filter((column) => row[column] === '');
  if (missing.length > 0) return problem('missing-field', missing.join(', '));
  if (!INVOICE.test(row.InvoiceNo)) return problem('bad-invoice', row.InvoiceNo);
  if (NOT_GOODS.test(row.StockCode)) return problem('not-goods', row.StockCode);
  const cancels = /^C/i.test(row.InvoiceNo);
  const quantity = WHOLE.test(row.Quantity) ? Number(row.Quantity) : NaN;
  const fits = Number.isSafeInteger(quantity) && (cancels ? quantity < 0 : quantity > 0);
  if (!fits) return problem('bad-quantity', `${row.Quantity} on invoice ${row.InvoiceNo}`);
  const unitPrice = DECIMAL.test(row.UnitPrice) ? Number(row.UnitPrice) : NaN;
  if (!(unitPrice >= 0)) return problem('bad-price', row.UnitPrice);
  if (!DATE.test(row.InvoiceDate) || Number.isNaN(Date.parse(row.InvoiceDate))) {
    return problem('bad-date', row.InvoiceDate);
  }
  return {
    invoiceNo: row.InvoiceNo.toUpperCase(),
    cancels,
    sku: row.StockCode.toUpperCase(),
    description: row.Description,
    quantity: Math.abs(quantity),
    unitPrice,
    invoicedAt: row.InvoiceDate,
    // The file's tools wrote the numbers of customers as decimals: 17850.0
    customerId: row.CustomerID.replace(/\.0+$/, '') || GUEST,
    country: row.Country,
  };
}

export function isProblem(read: InvoiceRow | RowProblem): read is RowProblem {
  return 'reason' in read;
}

function problem(reason: RowReason, detail: string): RowProblem {
  return { reason, detail };
}

function trimmed(raw: RawRow): RawRow {
  return {
    InvoiceNo: raw.InvoiceNo.trim(),
    StockCode: raw.StockCode.trim(),
    Description: raw.Description.trim(),
    Quantity: raw.Quantity.trim(),
    InvoiceDate: raw.InvoiceDate.trim(),
    UnitPrice: raw.UnitPrice.trim(),
    CustomerID: raw.CustomerID.trim(),
    Country: raw.Country.trim(),
  };
}
