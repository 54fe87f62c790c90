import type { LaneTally, LinePlace, ReleaseQueue } from '#application/ports/release-queue.ts';
import type { WorkflowHead } from '#application/ports/workflow-store.ts';
import { ON_FLOOR_STATUSES } from '#domain/workflow/vocabulary.ts';

/** The line of the orders that wait for their release; every head is looked at. */
export function createReleaseLine(heads: ReadonlyMap<string, WorkflowHead>): {
  readonly [M in keyof ReleaseQueue]: (
    ...args: Parameters<ReleaseQueue[M]>
  ) => Awaited<ReturnType<ReleaseQueue[M]>>;
} {
  const lineOf = (lane: string, priority: WorkflowHead['priority']) =>
    [...heads.values()].filter(
      (head) => head.lane === lane && head.status === 'PENDING' && head.priority === priority,
    );

  return {
    lanes() {
      const tallies = new Map<string, LaneTally>();
      for (const { lane, status, priority, createdAt } of heads.values()) {
        if (lane === null) continue;
        const key = JSON.stringify([lane, status, priority]);
        const known = tallies.get(key) ?? { lane, status, priority, orders: 0, oldestAt: Infinity };
        const oldestAt = Math.min(known.oldestAt, createdAt);
        tallies.set(key, { ...known, orders: known.orders + 1, oldestAt });
      }
      return [...tallies.values()];
    },
    waiting(lane, priority, after, limit) {
      const line = lineOf(lane, priority).toSorted(byPlace);
      const rest = line.filter((head) => after === null || byPlace(head, after) > 0);
      return rest.slice(0, limit).map((head) => ({ ...head }));
    },
    waitingForCutOff(from, to, limit) {
      const cutOffAt = (head: WorkflowHead) => head.cutOffAt ?? Infinity;
      return [...heads.values()]
        .filter((head) => from <= cutOffAt(head) && cutOffAt(head) < to)
        .toSorted((a, b) => cutOffAt(a) - cutOffAt(b) || compare(a.workflowId, b.workflowId))
        .slice(0, limit)
        .map((head) => ({ ...head }));
    },
    onFloor: (lane) =>
      [...heads.values()].filter(
        (head) => head.lane === lane && ON_FLOOR_STATUSES.includes(head.status),
      ).length,
    countAhead: (lane, priority, place) =>
      lineOf(lane, priority).filter((head) => byPlace(head, place) < 0).length,
  };
}

function byPlace(a: LinePlace, b: LinePlace): number {
  return a.createdAt - b.createdAt || compare(a.workflowId, b.workflowId);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
