import { takeTurns, type LaneTurns } from '#domain/policy/lane-turns.ts';
import { bypassesBatch, compareOrders, type WaitingOrder } from '#domain/policy/waveless.ts';
import { WORKFLOW_PRIORITIES } from '#domain/workflow/vocabulary.ts';

/** An order that may be released; `priority` is the class in which it goes now (releaseClass). */
export type ReadyOrder = WaitingOrder & {
  readonly lane: string;
  /** Its place within its class (releaseBy), epoch ms. */
  readonly releaseBy: number;
};

/** What a lane may take now. */
export type LaneRoom = {
  /** Orders until its cap is reached; 0 or less: it is full. */
  readonly room: number;
  /** Of a batch that is shared with others; a whole number from 1. */
  readonly weight: number;
  /** Most orders of this lane in this batch; those that bypass the batch do not count. */
  readonly batchLimit: number;
};

/**
 * What to release now (SPEC 4, and lanes): first all that bypasses the batch, then as many of the rest as the batch holds, the more
 * urgent class first and fairly between the lanes within a class; of one class and lane who must be released the soonest. The cap of a lane holds for all, whatever their class.
 * @param lanes a lane that is not named has no room
 * @param batchSize of wavelessBatchSize; 0: no batch is due, only what bypasses it goes
 * @param turns where the batch before ended
 */
export function planRelease(
  ready: readonly ReadyOrder[],
  lanes: ReadonlyMap<string, LaneRoom>,
  batchSize: number,
  turns: LaneTurns,
  now: number,
): { readonly released: readonly ReadyOrder[]; readonly turns: LaneTurns } {
  const sorted = ready.toSorted(compareReady);
  const room = new Map([...lanes].map(([lane, { room: free }]) => [lane, Math.max(0, free)]));
  const take = (order: ReadyOrder): boolean => {
    const free = room.get(order.lane) ?? 0;
    room.set(order.lane, free - (free > 0 ? 1 : 0));
    return free > 0;
  };
  const released = sorted.filter((order) => bypassesBatch(order, now) && take(order));

  const limits = new Map([...lanes].map(([lane, { batchLimit }]) => [lane, batchLimit]));
  let left = batchSize;
  let after = turns;
  for (const priority of WORKFLOW_PRIORITIES) {
    const rest = sorted.filter(
      (order) => order.priority === priority && !bypassesBatch(order, now),
    );
    const lines = Map.groupBy(rest, ({ lane }) => lane);
    const step = takeTurns(
      [...lines].map(([lane, line]) => {
        const most = Math.min(room.get(lane) ?? 0, limits.get(lane) ?? 0);
        return {
          lane,
          weight: lanes.get(lane)?.weight ?? 1,
          line: line.slice(0, Math.max(0, most)),
        };
      }),
      left,
      after,
    );
    for (const order of step.taken) {
      take(order);
      limits.set(order.lane, (limits.get(order.lane) ?? 0) - 1);
    }
    released.push(...step.taken);
    left -= step.taken.length;
    after = step.taken.length > 0 ? step.turns : after;
  }
  return { released, turns: after };
}

/** SPEC 4: by class, then by age; beyond it the cut-off comes before the age. */
export function compareReady(a: ReadyOrder, b: ReadyOrder): number {
  const byClass = WORKFLOW_PRIORITIES.indexOf(a.priority) - WORKFLOW_PRIORITIES.indexOf(b.priority);
  return byClass || a.releaseBy - b.releaseBy || compareOrders(a, b);
}
