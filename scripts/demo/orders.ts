import { createReadStream } from 'node:fs';
import { readInvoices, type Cancellation, type InvoiceItem } from '#simulator/csv-orders.ts';
import { GUEST } from '#simulator/invoice-row.ts';
import type { Order } from '#simulator/order.ts';
import { generateOrders, type PlacedOrder } from '#simulator/orders.ts';

/** What comes in, one after the other. */
export type Arrival =
  | ({ readonly kind: 'order' } & PlacedOrder)
  | {
      readonly kind: 'cancellation';
      readonly cancellation: Cancellation;
      /** The order among those before it that it takes back; null: none that is plain to see. */
      readonly order: Order | null;
    };

export type OddRow = Extract<InvoiceItem, { readonly kind: 'odd-row' }>;

export type OrderBook = {
  readonly arrivals: readonly Arrival[];
  /** Rows of the file that were not taken as they are. */
  readonly oddRows: readonly OddRow[];
};

/** Made-up orders: real-looking, and the same for the same seed. */
export function inventOrders(seed: number, count: number): OrderBook {
  const arrivals: Arrival[] = [];
  for (const placed of generateOrders(seed)) {
    if (arrivals.length === count) break;
    arrivals.push({ kind: 'order', ...placed });
  }
  return { arrivals, oddRows: [] };
}

/** The best customers of a wholesaler buy by the pallet; their goods go first. */
const HIGH_FROM_VALUE = 1000;
const LOW_BELOW_VALUE = 100;

/**
 * Orders and cancellations from a file of invoices.
 * @param count orders at most; reading stops there
 * @throws the error of the file system when the file can't be read
 */
export async function readOrders(file: string, count: number): Promise<OrderBook> {
  const arrivals: Arrival[] = [];
  const oddRows: OddRow[] = [];
  const orders: Order[] = [];
  for await (const item of readInvoices(createReadStream(file))) {
    switch (item.kind) {
      case 'odd-row':
        oddRows.push(item);
        break;
      case 'cancellation': {
        const { cancellation } = item;
        const order = orderTakenBack(cancellation, orders);
        arrivals.push({ kind: 'cancellation', cancellation, order });
        break;
      }
      case 'order': {
        if (orders.length === count) return { arrivals, oddRows };
        const { order } = item;
        orders.push(order);
        arrivals.push({ kind: 'order', order, priority: priorityOf(order) });
      }
    }
  }
  return { arrivals, oddRows };
}

/**
 * The newest order of the same customer that holds all the goods taken back, in at least that quantity. The files do not say
 * which order an invoice takes back, and a customer without an account can't be told from another.
 */
function orderTakenBack(cancellation: Cancellation, earlier: readonly Order[]): Order | null {
  if (cancellation.customerId === GUEST) return null;
  const holdsAll = ({ customerId, lines }: Order) =>
    customerId === cancellation.customerId &&
    cancellation.lines.every((back) =>
      lines.some((line) => line.sku === back.sku && line.quantity >= back.quantity),
    );
  return earlier.findLast(holdsAll) ?? null;
}

function priorityOf({ totalValue }: Order): PlacedOrder['priority'] {
  if (totalValue >= HIGH_FROM_VALUE) return 'HIGH';
  return totalValue < LOW_BELOW_VALUE ? 'LOW' : 'NORMAL';
}
