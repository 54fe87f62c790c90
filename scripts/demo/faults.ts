import type { FaultsInput } from '#simulator/faults/config.ts';
import type { ServiceSettings } from '#simulator/services.ts';

/** How long a call may take; half of what a call that hangs takes. */
const CALL_TIMEOUT_MS = 1000;

/** Settings of all services: as SPEC 3 has them, but on the time scale of a demo. */
export const DEMO_SERVICES: ServiceSettings = {
  timeoutMs: CALL_TIMEOUT_MS,
  breaker: { openMs: 2000 },
};

/** Short enough for a lost job to be missed while one looks on. */
export const DEMO_DISPATCH_SLACK_MS = 5000;

/**
 * What goes wrong in the demo: about one call in twenty, by far the most of it mended by a retry, and a few orders in a hundred
 * that are refused half-way and have to be undone.
 */
export const DEMO_FAULTS: FaultsInput = {
  latency: [{ medianMs: 25, sigma: 0.6, maxMs: 400 }],
  rules: [
    // refusals: nothing is done, and no retry helps
    refusal('createShipment', 0.02, 409),
    refusal('generateShippingLabel', 0.025, 422),
    refusal('createPickSession', 0.01, 409),
    { operation: 'bulkAllocateStock', on: 'do', rate: 0.01, fault: { kind: 'business' } },
    // trouble: a retry helps
    { rate: 0.012, fault: { kind: 'status', status: 503 } },
    { rate: 0.005, fault: { kind: 'status', status: 500 } },
    { rate: 0.002, fault: { kind: 'status', status: 429, retryAfterSeconds: 1 } },
    { rate: 0.004, fault: { kind: 'reset', applied: false } },
    // the effect is there, but its answer is lost: it must not happen again
    { rate: 0.004, fault: { kind: 'reset', applied: true } },
    { rate: 0.004, fault: { kind: 'timeout', holdMs: 2 * CALL_TIMEOUT_MS, applied: true } },
    { rate: 0.02, fault: { kind: 'slow', delayMs: 300 } },
  ],
};

function refusal(operation: string, rate: number, status: number) {
  return { operation, on: 'do', rate, fault: { kind: 'business', status } } as const;
}
