import { setTimeout as delay } from 'node:timers/promises';
import pRetry from 'p-retry';
import { RefusedError, type EngineApi, type StartBody } from '../processes/engine-api.ts';
import type { Arrival } from './orders.ts';

type OrderArrival = Arrival & { readonly kind: 'order' };

export type Placing = {
  readonly perSecond: number;
  readonly signal: AbortSignal;
  /** Another way in, taken by every other order. @returns the id of its workflow */
  readonly byEvent: ((arrival: OrderArrival) => Promise<string>) | null;
  /** Told after every order that was taken. */
  readonly onAccepted: (workflowId: string) => void;
  /** What did not go as its sender wished, for people. */
  readonly say: (line: string) => void;
};

/** A request that was lost is sent again under its Idempotency-Key: it can't start a second workflow. */
const RETRIES = 5;

/**
 * Sends orders and cancellations as they arrive, at an even pace; resolves once all were answered.
 * @throws the signal's reason when it ends this
 */
export async function placeOrders(
  api: EngineApi,
  arrivals: readonly Arrival[],
  { perSecond, signal, byEvent, onAccepted, say }: Placing,
): Promise<void> {
  /** The workflow of an order; null: it was not accepted. */
  const orders = new Map<string, Promise<string | null>>();
  const cancellations: Promise<void>[] = [];
  const begunAt = performance.now();

  for (const arrival of arrivals) {
    if (arrival.kind === 'cancellation') {
      cancellations.push(cancel(arrival));
      continue;
    }
    const waitMs = begunAt + (orders.size * 1000) / perSecond - performance.now();
    if (waitMs > 0) await delay(waitMs, undefined, { signal });
    const accept = byEvent !== null && orders.size % 2 === 1 ? byEvent : byApi;
    orders.set(arrival.order.orderId, place(arrival, accept));
  }
  await Promise.all([...orders.values(), ...cancellations]);
  signal.throwIfAborted();

  async function byApi(arrival: OrderArrival): Promise<string> {
    const key = `order-${arrival.order.orderId}`;
    return (await insist(() => api.start(startBody(arrival), key))).id;
  }

  async function place(
    arrival: OrderArrival,
    accept: (arrival: OrderArrival) => Promise<string>,
  ): Promise<string | null> {
    const { orderId } = arrival.order;
    try {
      const id = await accept(arrival);
      onAccepted(id);
      return id;
    } catch (error) {
      if (!signal.aborted) say(`  order ${orderId} was not accepted: ${messageOf(error)}`);
      return null;
    }
  }

  async function cancel(arrival: Arrival & { readonly kind: 'cancellation' }): Promise<void> {
    const { cancellationId } = arrival.cancellation;
    const orderId = arrival.order?.orderId;
    const workflowId = orderId === undefined ? null : await orders.get(orderId);
    if (workflowId === null || workflowId === undefined) {
      say(`  ${cancellationId}: nothing to cancel`);
      return;
    }
    try {
      const body = { reason: `invoice ${cancellationId}`, compensate: true };
      await insist(() => api.command(workflowId, 'cancel', body));
      say(`  ${cancellationId}: order ${orderId} is cancelled`);
    } catch (error) {
      const tooLate = error instanceof RefusedError && error.status === 409;
      const why = tooLate ? `order ${orderId} has ended already` : messageOf(error);
      if (!signal.aborted) say(`  ${cancellationId}: nothing to cancel, ${why}`);
    }
  }

  function insist<T>(request: () => Promise<T>): Promise<T> {
    return pRetry(request, {
      retries: RETRIES,
      minTimeout: 200,
      signal,
      shouldRetry: ({ error }) =>
        !(error instanceof RefusedError) || error.status === 429 || error.status >= 500,
    });
  }
}

function startBody({ order, priority }: OrderArrival): StartBody {
  return {
    workflowDefinitionId: 'order-fulfillment',
    workflowName: `Order ${order.orderId}`,
    workflowType: 'ORDER_FULFILLMENT',
    triggeredBy: 'demo',
    correlationId: order.orderId,
    inputParameters: { ...order, lines: order.lines.map((line) => ({ ...line })) },
    priority,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
