import type { ReceivedMessage } from '#application/ports/event-bus.ts';
import { ORDERS } from '#test/application/inbound/inbound-engine.ts';

let offsets = 0;

/** A message as it comes in: text or bytes as the value, texts or bytes as headers. */
export function received(
  value: string | Uint8Array | null,
  more: {
    readonly topic?: string;
    readonly key?: string;
    readonly offset?: string;
    readonly headers?: Readonly<Record<string, string | Uint8Array>>;
  } = {},
): ReceivedMessage {
  const bytes = (given: string | Uint8Array) => new Uint8Array(Buffer.from(given));
  const headers = Object.entries(more.headers ?? {});
  return {
    topic: more.topic ?? ORDERS,
    partition: 0,
    offset: more.offset ?? String((offsets += 1)),
    timestamp: Date.UTC(2026, 0, 1),
    key: more.key === undefined ? null : bytes(more.key),
    value: value === null ? null : bytes(value),
    headers: new Map(headers.map(([name, given]) => [name, bytes(given)])),
  };
}

/** A CloudEvent about an order, structured; `more` overrides its members, undefined leaves one out. */
export function orderEvent(
  what: string,
  orderId: string,
  more: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({
    specversion: '1.0',
    id: `${what}-${orderId}`,
    source: '/orders',
    type: `com.example.fulfillment.order.${what}`,
    time: '2026-01-01T00:00:00Z',
    datacontenttype: 'application/json',
    data: { order: { order_id: orderId, customer: 'mia' } },
    ...more,
  });
}
