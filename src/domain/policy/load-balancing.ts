import { DEFAULT_BREAKER } from '#domain/policy/circuit-breaker.ts';
import {
  acceptsWork,
  isOverloaded,
  loadScore,
  type LoadMetrics,
} from '#domain/policy/load-score.ts';
import { faultOf, refuse, type Refusal } from '#domain/policy/refusal.ts';

/** Points by which two instances of one service may differ (SPEC 4). */
const TOLERATED_DIFFERENCE = 30;

/** Is any instance overloaded, or do two instances of one service differ by more than 30 points (SPEC 4)? */
export function shouldRebalance(instances: readonly LoadMetrics[]): boolean {
  return instances.some(isOverloaded) || widestDifference(instances) > TOLERATED_DIFFERENCE;
}

/**
 * The load that an instance should come to (SPEC 4): heavy ones shed, idle ones take on, the others stay.
 * @param score 0..100
 */
export function targetLoad(score: number): number | Refusal {
  const fault = faultOf('score', score, 0, 100);
  if (fault !== null) return refuse(fault);
  if (score > 95) return 68;
  if (score > 85) return 85;
  return score < 42.5 ? 59.5 : score;
}

/** The instance for a new call: the lowest score among those that accept work, the first of equals; null: none does. */
export function leastLoaded(instances: readonly LoadMetrics[]): LoadMetrics | null {
  let best: LoadMetrics | null = null;
  for (const candidate of instances) {
    if (!acceptsWork(candidate)) continue;
    if (best === null || loadScore(candidate) < loadScore(best)) best = candidate;
  }
  return best;
}

/**
 * Do a service's own figures call for its breaker (SPEC 3: half of at least ten calls failed)?
 * @param errorRate 0..1
 * @param calls how many calls the rate was taken over
 */
export function shouldTripCircuitBreaker(errorRate: number, calls: number): boolean | Refusal {
  const fault = faultOf('errorRate', errorRate, 0, 1) ?? faultOf('calls', calls, 0, Infinity);
  if (fault !== null) return refuse(fault);
  return calls >= DEFAULT_BREAKER.minimumCalls && errorRate >= DEFAULT_BREAKER.failureRate;
}

function widestDifference(instances: readonly LoadMetrics[]): number {
  let widest = 0;
  for (const group of Map.groupBy(instances, (instance) => instance.serviceName).values()) {
    const scores = group.map(loadScore);
    widest = Math.max(widest, Math.max(...scores) - Math.min(...scores));
  }
  // Scores carry six decimals; so must their difference, or 30.3 - 0.3 would exceed 30.
  return Math.round(widest * 1e6) / 1e6;
}
