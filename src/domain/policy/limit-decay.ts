/** The last good decision of a monitor holds so long after its last sign of life; another one takes over sooner than that. */
export const LIMIT_HOLD_MS = 15_000;

/** After that the limit doubles this often, and is back to normal after so long. */
const DOUBLED_EVERY_MS = 6000;
const DECAY_MS = 30_000;

/**
 * What becomes of a limit that a monitor has set when no monitor is at work any more: it holds, then rises step by step, so that
 * the service is not met by all that waits at once, and is then what it would be without a monitor.
 * @param limit as it was when no monitor had been heard of for `fromMs`
 * @param normal the registry's; null: no limit
 * @param silentMs since a monitor was last heard of
 * @returns null: no limit
 */
export function decayedLimit(
  limit: number,
  fromMs: number,
  normal: number | null,
  silentMs: number,
): number | null {
  if (silentMs <= LIMIT_HOLD_MS) return limit;
  if (silentMs >= LIMIT_HOLD_MS + DECAY_MS) return normal;
  const risenForMs = silentMs - Math.max(LIMIT_HOLD_MS, fromMs);
  const risen = Math.floor(limit * 2 ** (Math.max(0, risenForMs) / DOUBLED_EVERY_MS));
  return normal === null ? risen : Math.min(normal, risen);
}
