import type { ExecutionContext } from 'ava';
import { readServiceRegistry } from '#adapters/http/read-service-registry.ts';
import type { FailedCall } from '#adapters/http/judge.ts';
import { createServiceCaller, type MeteredCaller } from '#adapters/http/service-caller.ts';
import type { BreakerChange } from '#adapters/http/service-breaker.ts';
import type { CallResult, ServiceCall } from '#application/ports/service-caller.ts';

export const WORKFLOW_ID = '0190a6f2-7c3e-7abc-8def-0123456789ab';

/** A clock that stands still until it is moved. */
export type ManualClock = { now(): number; advance(ms: number): void };

export function manualClock(startsAt = 1_700_000_000_000): ManualClock {
  let now = startsAt;
  return { now: () => now, advance: (ms) => void (now += ms) };
}

export type TestCaller = {
  readonly caller: MeteredCaller;
  readonly clock: ManualClock;
  readonly changes: readonly BreakerChange[];
};

/** A caller of these services (SERVICES_FILE form), closed with the test. */
export function callerOf(t: ExecutionContext, services: Record<string, unknown>): TestCaller {
  const result = readServiceRegistry({ services });
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.problems));
  const clock = manualClock();
  const changes: BreakerChange[] = [];
  const caller = createServiceCaller({
    registry: result.registry,
    clock,
    onBreakerChange: (change) => void changes.push(change),
  });
  t.teardown(() => caller.close());
  return { caller, clock, changes };
}

/** The one service that most tests need, at these instances. */
export function inventoryAt(
  t: ExecutionContext,
  instances: string | readonly string[],
  config: Record<string, unknown> = {},
): TestCaller {
  return callerOf(t, { 'inventory-service': { instances: [instances].flat(), ...config } });
}

/** A call of `POST /reserve`, with the given fields in place of its own. */
export function aCall(fields: Partial<ServiceCall> = {}): ServiceCall {
  return {
    serviceName: 'inventory-service',
    operation: 'reserve',
    http: { method: 'POST', path: '/reserve' },
    input: { sku: 'A-1' },
    timeoutMs: null,
    idempotencyKey: `${WORKFLOW_ID}:reserve:do`,
    workflowId: WORKFLOW_ID,
    stepId: 'reserve',
    correlationId: null,
    replyNeeded: true,
    ...fields,
  };
}

/** The failure that a call must have come to. */
export function failureOf(result: CallResult): FailedCall {
  if (result.kind !== 'failed') throw new Error(`not a failure: ${JSON.stringify(result)}`);
  return result;
}
