import type { ScriptInput } from '#simulator/faults/config.ts';
import { generateOrders } from '#simulator/orders.ts';
import type { SimulatorControl } from '../../../scripts/processes/simulator-control.ts';
import type { Order } from './place-starts.ts';

/** Steps of an order at which it can fail with something before them to be undone. */
const LATER_STEPS = [
  'create-wave',
  'create-pick-tasks',
  'create-pick-session',
  'create-shipment',
  'create-license-plate',
  'generate-label',
] as const;

/** Steps of an order. */
export const STEP_IDS = ['validate-order', 'reserve-inventory', ...LATER_STEPS] as const;

/** One of the later steps. */
export function pickStep(random: () => number): (typeof LATER_STEPS)[number] {
  return LATER_STEPS[Math.floor(random() * LATER_STEPS.length)] ?? LATER_STEPS[0];
}

export type Orders = (
  count: number,
  options?: {
    /** One in so many is refused half-way, at a step that chance picks, and so has to be undone; 5 by default, 0: none. */
    readonly refusedEvery?: number;
  },
) => Promise<readonly Order[]>;

/** Customers' orders, the same for the same seed; each call takes the next ones. */
export function orderSource(
  seed: number,
  random: () => number,
  simulator: SimulatorControl,
): Orders {
  const orders = generateOrders(seed);
  return async (count, { refusedEvery = 5 } = {}) => {
    const taken = Array.from({ length: count }, (_unused, index): Order => {
      const { order, priority } = orders.next().value;
      const refused = refusedEvery > 0 && (index + 1) % refusedEvery === 0;
      return {
        ending: refused ? 'COMPENSATED' : 'COMPLETED',
        body: {
          workflowDefinitionId: 'order-fulfillment',
          workflowName: `Order ${order.orderId}`,
          workflowType: 'ORDER_FULFILLMENT',
          triggeredBy: 'fault suite',
          correlationId: order.orderId,
          inputParameters: { ...order, lines: order.lines.map((line) => ({ ...line })) },
          priority,
        },
      };
    });
    const scripts = taken
      .filter(({ ending }) => ending === 'COMPENSATED')
      .map(({ body: { correlationId } }): ScriptInput => {
        const fault = { kind: 'status', status: 422 } as const;
        return { correlationId, stepId: pickStep(random), fault };
      });
    if (scripts.length > 0) await simulator.addScripts(...scripts);
    return taken;
  };
}
