import type { Clock } from '#application/ports/clock.ts';
import type { LoadView } from '#application/ports/load-board.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { QueueLimits } from '#application/ports/queue-limits.ts';
import { decayedLimit, LIMIT_HOLD_MS } from '#domain/policy/limit-decay.ts';

/**
 * What workers do about the limits that a monitor has left behind: nobody else is there to take them back.
 *
 * All workers do it, each by itself. What a limit should be depends on the time alone, and none is ever lowered, so that they may
 * overtake one another. A limit that a person has set is left as it is: only a monitor's bear its mark.
 * @param normal what the registry grants, by queue; a queue that is not named has no limit
 * @returns looks at what the board shows of the monitor, to be repeated every few seconds; @throws QueueUnavailableError
 */
export function limitKeeper(parts: {
  readonly limits: Pick<QueueLimits, 'throttled' | 'apply' | 'settle'>;
  readonly normal: ReadonlyMap<string, number>;
  readonly clock: Clock;
  readonly logger: Logger;
}): (view: LoadView | null) => Promise<void> {
  const { limits, normal, clock, logger } = parts;
  let heardAt = clock.now();
  /** The limits as this process found them, and how long no monitor had been heard of then. */
  const found = new Map<string, { readonly limit: number; readonly fromMs: number }>();

  return async (view) => {
    const now = clock.now();
    // without a view (Redis was wiped) the time since our start must do; one from the future is of a clock that went wrong
    if (view !== null && view.at - now <= LIMIT_HOLD_MS) heardAt = view.at;
    heardAt = Math.min(heardAt, now);
    const silentMs = now - heardAt;
    if (silentMs <= LIMIT_HOLD_MS) return found.clear();
    const left = await limits.throttled();
    if (left.size === 0) return;
    const raised = new Map<string, number>();
    const settled = new Map<string, number | null>();
    for (const [queue, limit] of left) {
      const { limit: base, fromMs } = found.get(queue) ?? { limit, fromMs: silentMs };
      found.set(queue, { limit: base, fromMs });
      const usual = normal.get(queue) ?? null;
      const next = decayedLimit(base, fromMs, usual, silentMs);
      if (next === usual) settled.set(queue, usual);
      else if (next !== null && next > limit) raised.set(queue, next);
    }
    await limits.apply(raised, null);
    await limits.settle(settled);
    if (settled.size === 0) return;
    const message = 'no monitor is at work: what it had set is back to what the registry grants';
    logger.warn(message, { queues: [...settled.keys()], silentMs });
  };
}
