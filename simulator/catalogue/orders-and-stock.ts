import { effect, read, undo } from '#simulator/operation.ts';
import type { Asked, Operation } from '#simulator/operation.ts';

const allocate = ({ input, id, lines }: Asked) => ({
  reservationId: id('RSV'),
  order_id: input['orderId'] ?? input['order_id'] ?? null,
  total_requests: lines().length,
  successful_allocations: lines().length,
  failed_allocations: 0,
  allocations: lines().map((line) => ({
    sku: line['sku'] ?? null,
    quantity: line['quantity'] ?? 1,
    status: 'ALLOCATED',
  })),
});

/** Nothing at all is allocated when one line can't be. */
const allocateNothing = ({ input, lines }: Asked) => ({
  order_id: input['orderId'] ?? input['order_id'] ?? null,
  total_requests: lines().length,
  successful_allocations: 0,
  failed_allocations: lines().length,
  allocations: lines().map((line) => ({
    sku: line['sku'] ?? null,
    quantity: 0,
    status: 'INSUFFICIENT_STOCK',
  })),
});

const STOCK_LEVEL = '/stock_levels/{sku}';

/** Orders and stock. Both APIs write snake_case. */
export const ORDERS_AND_STOCK: Readonly<Record<string, readonly Operation[]>> = {
  'order-management-service': [
    read(
      'getFulfillmentOrder',
      'GET /fulfillment_orders/{order_id}',
      ({ ref }) => ({ order_id: ref('order_id', 'ORD'), status: 'VALIDATED', valid: true }),
      {
        refusal: ({ ref }) => ({
          order_id: ref('order_id', 'ORD'),
          status: 'INVALIDATED',
          valid: false,
        }),
      },
    ),
  ],
  'inventory-service': [
    read('getStockLevel', `GET ${STOCK_LEVEL}`, ({ ref }) => ({
      sku: ref('sku', 'SKU'),
      quantity_on_hand: 1000,
      quantity_allocated: 120,
      available_to_promise: 880,
    })),
    effect('bulkAllocateStock', 'POST /allocations/bulk', allocate, {
      undoneBy: ['deallocateStock'],
      refusal: allocateNothing,
    }),
    effect(
      'createReservation',
      `POST ${STOCK_LEVEL}/reservations`,
      ({ id, ref }) => ({
        reservationId: id('RSV'),
        orderId: ref('order_id', 'ORD'),
        status: 'RESERVED',
      }),
      {
        undoneBy: ['deallocateStock'],
        refusal: ({ ref }) => ({ orderId: ref('order_id', 'ORD'), status: 'REJECTED' }),
      },
    ),
    effect(
      'adjustStockLevel',
      `PATCH ${STOCK_LEVEL}`,
      ({ id, ref, input }) => ({
        sku: ref('sku', 'SKU'),
        adjustmentId: id('ADJ'),
        quantity_change: input['quantity'] ?? input['quantity_change'] ?? 0,
      }),
      {
        variants: ['STOCK_RECEIPT', 'ITEM_PICKED', 'DEALLOCATION', 'cycle_count', 'damaged'],
        undoneBy: [
          'reverseAdjustment',
          'reverseReceipt',
          'reverseRestock',
          'reverseConsumption',
          'reverseWriteOff',
          'reallocate',
        ],
      },
    ),
    undo('deallocateStock', `PATCH ${STOCK_LEVEL}`, 'DEALLOCATED'),
    undo('reverseAdjustment', `PATCH ${STOCK_LEVEL}`, 'REVERSED'),
    undo('reverseReceipt', `PATCH ${STOCK_LEVEL}`, 'REVERSED'),
    undo('reverseRestock', `PATCH ${STOCK_LEVEL}`, 'REVERSED'),
    undo('reverseConsumption', `PATCH ${STOCK_LEVEL}`, 'REVERSED'),
    undo('reverseWriteOff', `PATCH ${STOCK_LEVEL}`, 'REVERSED'),
    undo('reallocate', `PATCH ${STOCK_LEVEL}`, 'ALLOCATED'),
  ],
  'returns-management-service': [
    effect(
      'initiateReturn',
      'POST /api/v1/returns',
      ({ id }) => ({ rmaNumber: id('RMA'), status: 'INITIATED' }),
      { undoneBy: ['denyRma'] },
    ),
    effect(
      'approveRma',
      'PUT /api/v1/returns/{rmaNumber}/approve',
      ({ ref }) => ({ rmaNumber: ref('rmaNumber', 'RMA'), status: 'APPROVED' }),
      {
        undoneBy: ['denyRma'],
        refusal: ({ ref }) => ({
          rmaNumber: ref('rmaNumber', 'RMA'),
          status: 'DENIED',
          reason: 'FRAUD_SUSPECTED',
        }),
      },
    ),
    effect(
      'assessCondition',
      'POST /api/v1/returns/{rmaNumber}/assess-condition',
      ({ ref, input }) => ({
        rmaNumber: ref('rmaNumber', 'RMA'),
        dispositionType: input['dispositionType'] ?? 'RESALE',
      }),
    ),
    effect(
      'awaitRefund',
      null,
      ({ ref, id }) => ({
        rmaNumber: ref('rmaNumber', 'RMA'),
        refundId: id('RFD'),
        status: 'REFUNDED',
      }),
      { pivot: true },
    ),
    effect('completeReturn', 'POST /api/v1/returns/{rmaNumber}/complete', ({ ref }) => ({
      rmaNumber: ref('rmaNumber', 'RMA'),
      status: 'COMPLETED',
    })),
    undo('denyRma', 'PUT /api/v1/returns/{rmaNumber}/deny', 'DENIED'),
  ],
};
