import type { Clock } from '#application/ports/clock.ts';
import type { IdGenerator } from '#application/ports/id-generator.ts';
import { REQUEST_STALE_MS, type LoadBoard, type Rebalance } from '#application/ports/load-board.ts';

export type RebalanceResult =
  | { readonly kind: 'done'; readonly rebalance: Rebalance }
  /** No monitor leads, or Redis is away: nothing was done. */
  | { readonly kind: 'nobody-answers' };

/** The monitor looks once a second and measures every five: this is often enough to see what it did. */
const LOOK_EVERY_MS = 250;

/**
 * Has the monitor spread the load anew, and waits until it has measured what came of it: four to ten seconds.
 * @param targetUtilization 0..1 to which all instances should come; null: each by the rule of SPEC 4
 */
export function rebalanceSystemLoad(parts: {
  readonly loadBoard: LoadBoard;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  /** Resolves after this long. */
  readonly pause: (ms: number) => Promise<void>;
}) {
  const { loadBoard, clock, ids, pause } = parts;
  return async (targetUtilization: number | null): Promise<RebalanceResult> => {
    const id = ids.next();
    const at = clock.now();
    if (!(await loadBoard.request({ id, targetUtilization, at })))
      return { kind: 'nobody-answers' };
    for (let waitedMs = 0; waitedMs < REQUEST_STALE_MS; waitedMs += LOOK_EVERY_MS) {
      await pause(LOOK_EVERY_MS);
      const last = (await loadBoard.view())?.lastRebalance;
      if (last?.requestIds.includes(id)) return { kind: 'done', rebalance: last };
    }
    return { kind: 'nobody-answers' };
  };
}
