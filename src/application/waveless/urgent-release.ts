import type { Clock } from '#application/ports/clock.ts';
import type { FloorState } from '#application/ports/floor.ts';
import type { ReleaseQueue } from '#application/ports/release-queue.ts';
import { findReady, type FoundOrder } from '#application/waveless/find-ready.ts';
import { LAST_ORDERS, type LaneRules } from '#application/waveless/lane-rules.ts';
import type { OrderFacts } from '#application/waveless/order-facts.ts';
import { releaseTempo } from '#application/waveless/release-tempo.ts';
import { UNKNOWN_DURATION } from '#domain/policy/expected-duration.ts';
import { FIRST_TURN } from '#domain/policy/lane-turns.ts';
import type { UrgencyRules } from '#domain/policy/release-class.ts';
import { planRelease } from '#domain/policy/release-plan.ts';

/** No order of these lanes is counted in or waited for but the urgent ones. */
const ONLY_HIGH = { HIGH: 1, NORMAL: 0, LOW: 0 } as const;

/** An urgent order is HIGH whatever its cut-off says. */
const NOT_ASKED = () => UNKNOWN_DURATION;

export type UrgentRelease = {
  readonly released: number;
  /** As many as may go at a time: more may wait. */
  readonly isFull: boolean;
};

/**
 * HIGH goes at once (SPEC 4): what a round does, for the HIGH orders of one lane. The same rules hold: the pause at critical load,
 * the lane's cap, the look-ahead gate, the older first. But it reads those orders and what is on the floor of that lane, and not
 * the thousands that may wait behind them.
 * @returns releases what may go now
 */
export function urgentRelease(
  tools: {
    readonly store: ReleaseQueue;
    readonly facts: OrderFacts;
    readonly readFloor: () => Promise<FloorState>;
    readonly lanes: LaneRules;
    readonly clock: Clock;
    readonly start: (chosen: readonly FoundOrder[]) => Promise<readonly FoundOrder[]>;
    /** Orders at a time; more wait for the next round. */
    readonly most: number;
  },
  { rules, holdHigh }: { readonly rules: UrgencyRules; readonly holdHigh: boolean },
): (lane: string) => Promise<UrgentRelease> {
  const { store, facts, readFloor, lanes, clock, start, most } = tools;

  return async (lane) => {
    const [inFlight, state] = await Promise.all([store.onFloor(lane), readFloor()]);
    if (releaseTempo(state.load, 0).isPaused) return { released: 0, isFull: false };
    const { cap, weight } = lanes.find(lane) ?? LAST_ORDERS;
    const room = Math.min(cap - inFlight, most);
    const now = clock.now();
    const found = await findReady({
      store,
      facts,
      lanes: new Map([[lane, { room, waiting: ONLY_HIGH }]]),
      closed: state.closed,
      holdHigh,
      expected: NOT_ASKED,
      rules,
      batchSize: 0,
      lookAtCutOffs: false,
      now,
    });
    const rooms = new Map([[lane, { room, weight, batchLimit: 0 }]]);
    const { released } = planRelease(found, rooms, 0, FIRST_TURN, now);
    const chosen = new Set(released.map(({ workflowId }) => workflowId));
    const started = await start(found.filter(({ workflowId }) => chosen.has(workflowId)));
    return { released: started.length, isFull: released.length >= most };
  };
}
