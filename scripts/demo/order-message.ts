import type { BusMessage } from '#application/ports/event-bus.ts';
import type { Arrival } from './orders.ts';

export const ORDER_TOPIC = 'fulfillment.order_management.v1.events';

/** An order as order-management-service tells of it: a CloudEvent that config/triggers.json makes a workflow of. */
export function orderMessage({
  order,
  priority,
}: Arrival & { readonly kind: 'order' }): BusMessage {
  const event = {
    specversion: '1.0',
    id: `validated-${order.orderId}`,
    source: '/order-management-service',
    type: 'com.example.fulfillment.order.validated',
    datacontenttype: 'application/json',
    data: {
      order: {
        order_id: order.orderId,
        customer_id: order.customerId,
        priority,
        ship_to: { country: order.country },
        export: order.export,
        gift: order.gift,
        qc_required: order.qcRequired,
        warehouse_id: order.warehouseId,
        zone: order.zone,
        carrier: order.carrier,
        currency: order.currency,
        total_value: order.totalValue,
        lines: order.lines,
      },
    },
  };
  return {
    topic: ORDER_TOPIC,
    key: order.orderId,
    value: JSON.stringify(event),
    headers: new Map([['content-type', 'application/cloudevents+json']]),
  };
}
