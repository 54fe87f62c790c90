import type { WavelessOverview } from '#application/orchestration.ts';
import type { Clock } from '#application/ports/clock.ts';
import { isCurrent, type ReleaseBoard } from '#application/ports/release-board.ts';
import type { ReleaseQueue } from '#application/ports/release-queue.ts';
import type { LaneRules } from '#application/waveless/lane-rules.ts';
import { emptyLane, tallyLanes } from '#application/waveless/tally-lanes.ts';

/**
 * What waits for its release, lane by lane, those included that are empty but named, and what the releasers make of it. Counted in the
 * store, not believed of a releaser.
 */
export function getWaveless(parts: {
  readonly store: ReleaseQueue;
  readonly releaseBoard: ReleaseBoard;
  readonly lanes: LaneRules;
  readonly clock: Clock;
}) {
  return async (): Promise<WavelessOverview> => {
    const [tallies, views] = await Promise.all([parts.store.lanes(), parts.releaseBoard.views()]);
    const now = parts.clock.now();
    const busy = tallyLanes(tallies, parts.lanes);
    const idle = parts.lanes.named
      .filter((name) => busy.every(({ lane }) => lane !== name))
      .map((name) => emptyLane(name, parts.lanes));
    const lanes = [...busy, ...idle].toSorted((a, b) => (a.lane < b.lane ? -1 : 1));
    const current = views?.filter((view) => isCurrent(view, now)) ?? null;
    const sum = (priority: 'HIGH' | 'NORMAL' | 'LOW') =>
      lanes.reduce((all, { waiting }) => all + waiting[priority], 0);
    return {
      at: now,
      backlog: { HIGH: sum('HIGH'), NORMAL: sum('NORMAL'), LOW: sum('LOW') },
      releasers: current,
      lanes,
    };
  };
}
