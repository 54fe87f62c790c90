/** Exponential backoff (SPEC 3): delay of the n-th retry, n from 0, = min(initialDelayMs * multiplier^n, maxDelayMs). */
export type RetryPolicy = {
  /** Retries after the first attempt; 0: one attempt only. */
  readonly retries: number;
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  readonly multiplier: number;
};

/** The named policies of SPEC 3. */
export const RETRY_POLICIES = {
  default: { retries: 3, initialDelayMs: 1000, maxDelayMs: 10_000, multiplier: 2 },
  aggressive: { retries: 5, initialDelayMs: 500, maxDelayMs: 5000, multiplier: 1.5 },
  conservative: { retries: 2, initialDelayMs: 2000, maxDelayMs: 20_000, multiplier: 3 },
} as const satisfies Record<string, RetryPolicy>;

/**
 * The delay before a retry.
 * @param retry which retry it is, from 0
 * @returns whole milliseconds, never above the policy's maximum
 */
export function retryDelayMs(policy: RetryPolicy, retry: number): number {
  // 0 times a power that has outgrown the numbers would be NaN.
  if (policy.initialDelayMs === 0) return 0;
  const grown = policy.initialDelayMs * policy.multiplier ** retry;
  return Math.floor(Math.min(grown, policy.maxDelayMs));
}
