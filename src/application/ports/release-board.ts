import type { ClosedService } from '#domain/policy/look-ahead.ts';
import type { WorkflowPriority } from '#domain/workflow/vocabulary.ts';

/** A lane as its releaser sees it. */
export type LaneView = {
  readonly lane: string;
  readonly cap: number;
  readonly weight: number;
  /** Released, and not ended yet. */
  readonly inFlight: number;
  readonly waiting: Readonly<Record<WorkflowPriority, number>>;
  /** Since when the oldest waits, epoch ms; null: nobody does. */
  readonly oldestAt: number | null;
  /** No batch takes of it until then, because an order that waits in it wants it so, epoch ms; null: it does not rest. */
  readonly restsUntil: number | null;
};

/** What the releaser of a group of lanes did last, and why. */
export type ReleaseView = {
  readonly group: number;
  /** Into how many groups the lanes are divided. */
  readonly groups: number;
  /** epoch ms */
  readonly at: number;
  /** Orders in a batch as the load is now. */
  readonly batchSize: number;
  readonly intervalMs: number;
  /** null: it releases. */
  readonly paused: {
    readonly since: number;
    readonly score: number;
    readonly errorRate: number;
  } | null;
  /** For people: why batch and interval are what they are. */
  readonly why: string;
  /** Services that take no calls: orders that need them are kept back. */
  readonly closed: readonly ClosedService[];
  /** Orders of class HIGH as well. */
  readonly holdHigh: boolean;
  readonly lanes: readonly LaneView[];
};

/**
 * Where releasers show what they do (Redis). Nothing hangs on it: it can be wiped, and Redis can be away. No method throws.
 */
export interface ReleaseBoard {
  /**
   * Shows the view of the releaser that leads its group.
   * @param fence of its lease
   * @returns false: refused, a later leader of the group has published; nothing can be said while the board is away, which is true
   */
  publish(view: ReleaseView, fence: number): Promise<boolean>;
  /** The latest view of each group, by group, however old (`isCurrent`); null: the board is away. */
  views(): Promise<readonly ReleaseView[] | null>;
  /**
   * An order has begun to wait: whoever releases may look at once. A hint; it may be lost.
   * @param urgentLane the lane of an order that is HIGH: it is told without delay; null: the order can wait for a batch
   */
  ring(urgentLane: string | null): Promise<void>;
}

/** A releaser is heard every second or two; one that was silent for so long is dead, or cut off. */
const VIEW_STALE_MS = 15_000;

export function isCurrent(view: ReleaseView, now: number): boolean {
  return Math.abs(now - view.at) <= VIEW_STALE_MS;
}
