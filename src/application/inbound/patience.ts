/** How often something is tried, and for how long. */
export type Patience = {
  readonly attempts: number;
  /** An attempt that takes longer counts as failed; what it still does later must do no harm. */
  readonly attemptLimitMs: number;
  /** Before the n-th retry (from 1): n times this. */
  readonly pauseMs: number;
  /** Resolves after this long, or when the signal is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Does what everything needs (the store) answer? Asked after a failure that does not say of itself that it is an outage. */
  readonly isUp: () => Promise<boolean>;
};

export type Settled<T> =
  | { readonly kind: 'settled'; readonly value: T }
  /** The last error. */
  | { readonly kind: 'exhausted'; readonly error: unknown }
  | { readonly kind: 'aborted' };

/** While the store or the bus is away it is asked this often. */
const OUTAGE_PAUSE_MS = 1000;

/** Tries until it succeeds, patience is at its end, or the signal is aborted. An outage is nobody's fault and uses no attempt. */
export async function untilSettled<T>(
  patience: Patience,
  attempt: () => Promise<T>,
  signal: AbortSignal,
): Promise<Settled<T>> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      return { kind: 'settled', value: await withinLimit(patience, attempt, signal) };
    } catch (error) {
      if (saysOutage(error) || !(await patience.isUp())) {
        await patience.pause(OUTAGE_PAUSE_MS, signal);
        continue;
      }
      failures += 1;
      if (failures >= patience.attempts) return { kind: 'exhausted', error };
      await patience.pause(Math.min(failures * patience.pauseMs, OUTAGE_PAUSE_MS), signal);
    }
  }
  return { kind: 'aborted' };
}

/** @throws Error when the attempt takes too long, or the signal is aborted: it may go on in the background */
async function withinLimit<T>(
  { attemptLimitMs, pause }: Patience,
  attempt: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const ended = new AbortController();
  const limit = pause(attemptLimitMs, AbortSignal.any([signal, ended.signal])).then(() => {
    throw new Error(`it took longer than ${attemptLimitMs} ms`);
  });
  try {
    return await Promise.race([attempt(), limit]);
  } finally {
    ended.abort();
    limit.catch(() => {}); // it ends now, and nobody waits for it any more
  }
}

/** Errors of ports say whether trying again, later, may help: store and bus do so when they are away. */
function saysOutage(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true;
}
