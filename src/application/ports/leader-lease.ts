/**
 * Leadership of a role (reconciler, relay, ...): at most one holder believes itself leader at a time, as far as clocks allow.
 * Never needed for correctness: a second leader only does work twice that compare-and-set then refuses.
 */
export interface LeaderLease {
  /** Takes or renews the lease. @returns the fencing number while we are leader, null otherwise (also when Redis is away). */
  acquire(): Promise<number | null>;
  /** Gives the lease up, if it is ours. */
  release(): Promise<void>;
}
