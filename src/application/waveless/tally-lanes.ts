import type { LaneView } from '#application/ports/release-board.ts';
import type { LaneTally } from '#application/ports/release-queue.ts';
import { LAST_ORDERS, type LaneRules } from '#application/waveless/lane-rules.ts';

/** The lanes as they are, each with its rule, by name. PENDING orders wait, all others are on the floor. */
export function tallyLanes(tallies: readonly LaneTally[], rules: LaneRules): readonly LaneView[] {
  return [...Map.groupBy(tallies, ({ lane }) => lane)]
    .map(([lane, ofLane]) => viewOf(lane, ofLane, rules))
    .toSorted((a, b) => (a.lane < b.lane ? -1 : 1));
}

/** Orders that wait in these lanes, all classes together. */
export function countWaiting(lanes: readonly Pick<LaneView, 'waiting'>[]): number {
  return lanes.reduce((sum, { waiting }) => sum + waiting.HIGH + waiting.NORMAL + waiting.LOW, 0);
}

/** A lane without orders. */
export function emptyLane(lane: string, rules: LaneRules): LaneView {
  return viewOf(lane, [], rules);
}

function viewOf(lane: string, tallies: readonly LaneTally[], rules: LaneRules): LaneView {
  const waiting = { HIGH: 0, NORMAL: 0, LOW: 0 };
  let inFlight = 0;
  let oldestAt: number | null = null;
  for (const { status, priority, orders, oldestAt: since } of tallies) {
    if (status === 'PENDING') {
      waiting[priority] += orders;
      oldestAt = Math.min(oldestAt ?? since, since);
    } else {
      inFlight += orders;
    }
  }
  const { cap, weight } = rules.find(lane) ?? LAST_ORDERS;
  return { lane, cap, weight, inFlight, waiting, oldestAt, restsUntil: null };
}
