import type { BreakerStatus } from '#application/ports/service-caller.ts';
import type { BreakerState } from '#domain/policy/circuit-breaker.ts';

/** The state of a breaker as the world sees it at a time. An open one whose time is over lets the next call through: it is half-open. */
export function breakerStatus(
  serviceName: string,
  state: BreakerState,
  now: number,
): BreakerStatus {
  const { kind, since } = state;
  if (state.kind !== 'open') {
    return { serviceName, state: kind, since, openUntil: null, reason: null };
  }
  const { until, reason } = state;
  if (now >= until) {
    return { serviceName, state: 'half-open', since: until, openUntil: null, reason };
  }
  return { serviceName, state: 'open', since, openUntil: until, reason };
}
