/** A customer's order as the order-fulfilment workflow takes it: its inputParameters. */
export type Order = {
  readonly orderId: string;
  readonly customerId: string;
  readonly country: string;
  /** Leaves the home country: wants papers, and goes by another carrier. */
  readonly export: boolean;
  readonly gift: boolean;
  readonly qcRequired: boolean;
  readonly warehouseId: string;
  readonly zone: string;
  readonly carrier: string;
  readonly currency: string;
  /** Sum of the lines, to two decimals. */
  readonly totalValue: number;
  readonly lines: readonly OrderLine[];
};

export type OrderLine = {
  readonly sku: string;
  readonly description: string;
  /** At least 1. */
  readonly quantity: number;
  /** 0: a sample. */
  readonly unitPrice: number;
};

export const HOME_COUNTRY = 'United Kingdom';
export const CURRENCY = 'GBP';
export const ZONES = ['A', 'B', 'C', 'D', 'E', 'F'] as const;

/** Orders of at least this value are inspected before they are packed. */
export const QC_FROM_VALUE = 500;

/** What the lines are worth, to two decimals. */
export function totalOf(lines: readonly OrderLine[]): number {
  const sum = lines.reduce((total, { quantity, unitPrice }) => total + quantity * unitPrice, 0);
  return Math.round(sum * 100) / 100;
}

/** The carrier for a destination. */
export function carrierFor(country: string): string {
  if (country === HOME_COUNTRY) return 'ROYAL_MAIL';
  return NEIGHBOURS.has(country) ? 'DPD' : 'DHL_EXPRESS';
}

const NEIGHBOURS: ReadonlySet<string> = new Set([
  'Belgium',
  'Channel Islands',
  'EIRE',
  'France',
  'Germany',
  'Netherlands',
]);
