import type { RebalanceRequest, Rebalance, ServiceLoad } from '#application/ports/load-board.ts';
import { shouldRebalance } from '#domain/policy/load-balancing.ts';
import type { LoadMetrics } from '#domain/policy/load-score.ts';
import { relaxedWeight, shiftWeights } from '#domain/policy/rebalance.ts';

/**
 * What a rebalancing did is measured so much later at the earliest: processes know of the new shares within two seconds, and the
 * load of instances follows their calls.
 */
const SETTLE_MS = 4000;

/** The automatic rule waits so long after a rebalancing: the instances must have had time to come to their new load. */
const COOL_DOWN_MS = 30_000;

/** Where the load of the system should be when nobody says: the load up to which an instance takes work (SPEC 4). */
const USUAL_TARGET = 0.85;

type UnderWay = Omit<Rebalance, 'at' | 'currentUtilization' | 'serviceLoads'> & {
  readonly begunAt: number;
};

/** What a rebalancing must know of now. */
export type Situation = {
  readonly services: readonly ServiceLoad[];
  readonly metrics: readonly LoadMetrics[];
  /** Load of the system, 0..1; null: unknown. */
  readonly utilization: number | null;
  readonly now: number;
};

/**
 * Rebalancings of one term: begun by a request or by the rule of SPEC 4, over when their effect was measured. One at a time; what is
 * asked for meanwhile waits for the next.
 * @param weights of the instances by url; shifted in place
 */
export function createRebalancer(weights: Map<string, number>) {
  let underWay: UnderWay | null = null;
  let lastAt = -Infinity;
  /** When shares last went back a little, or would have; null: not yet. */
  let relaxedAt: number | null = null;

  function begin(
    { services, utilization, now }: Situation,
    target: number | null,
    requestIds: readonly string[],
    reason: string,
  ): boolean {
    const shifted = services.flatMap((service) => {
      const changes = shiftWeights(service.instances, target === null ? null : target * 100);
      return changes === null ? [] : [{ service, changes }];
    });
    if (shifted.length === 0 && requestIds.length === 0) return false;
    for (const { changes } of shifted) {
      for (const [url, weight] of changes) weights.set(url, weight);
    }
    underWay = {
      requestIds,
      previousUtilization: utilization ?? 0,
      targetUtilization: target ?? USUAL_TARGET,
      workflowsRebalanced: shifted.reduce((sum, { service }) => sum + service.queueDepth, 0),
      reason: shifted.length === 0 ? `${reason}; no service has shares to shift` : reason,
      begunAt: now,
    };
    lastAt = now;
    return true;
  }

  return {
    /** Is there room for what is asked for? */
    isIdle: () => underWay === null,

    /** Begins what somebody asked for; the last one's target counts. */
    request(requests: readonly RebalanceRequest[], situation: Situation): void {
      const last = requests.at(-1);
      if (last === undefined) return;
      const ids = requests.map(({ id }) => id);
      begin(situation, last.targetUtilization, ids, 'asked for by an operator');
    },

    /** Begins what the rule of SPEC 4 wants. @returns whether it did */
    follow(situation: Situation): boolean {
      const { metrics, now } = situation;
      if (underWay !== null || Math.abs(now - lastAt) < COOL_DOWN_MS) return false;
      if (!shouldRebalance(metrics)) return false;
      const reason = 'an instance is overloaded, or instances of a service differ by more than 30';
      return begin(situation, null, [], reason);
    },

    /** Lets shares go back to 1 little by little, while the rule of SPEC 4 wants no rebalancing and none is under way. */
    relax({ metrics, now }: Situation): void {
      const passedMs = now - (relaxedAt ?? now);
      relaxedAt = now;
      if (underWay !== null || shouldRebalance(metrics)) return;
      for (const [url, weight] of weights) weights.set(url, relaxedWeight(weight, passedMs));
    },

    /** What has come of the rebalancing under way; null: there is none, or it is too early to say. */
    conclude({ services, utilization, now }: Situation): Rebalance | null {
      if (underWay === null || Math.abs(now - underWay.begunAt) < SETTLE_MS) return null;
      const { begunAt: _begunAt, ...begun } = underWay;
      underWay = null;
      const loads = services.flatMap(({ serviceName, score }) =>
        score === null ? [] : [[serviceName, score] as const],
      );
      return {
        ...begun,
        at: now,
        currentUtilization: utilization ?? begun.previousUtilization,
        serviceLoads: Object.fromEntries(loads),
      };
    },
  };
}
