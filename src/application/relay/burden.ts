import type { LeaderLease } from '#application/ports/leader-lease.ts';
import type { RelayShare } from '#application/relay/relay-shares.ts';

/** What one process leads of the relay's shares, and what would be its part of them. */
export type Burden = {
  /** So many relays are alive: each leads an equal part, the odd ones whoever comes first. */
  share(relays: number): void;
  /** The lease of a share as this process takes it: counted, and not taken by who leads its part already. */
  weigh(
    share: RelayShare,
    lease: LeaderLease,
  ): { readonly lease: LeaderLease; readonly mayLead: () => boolean };
};

/** Until it is told otherwise a process takes all that it can get: nothing must be left to nobody. */
export function createBurden(shares: number): Burden {
  const leads = new Set<number>();
  let most = shares;
  return {
    share(relays) {
      most = Math.ceil(shares / Math.max(1, relays));
    },
    weigh: ({ index }, lease) => ({
      mayLead: () => (leads.has(index) ? leads.size <= most : leads.size < most),
      lease: {
        async acquire() {
          const fence = await lease.acquire();
          if (fence === null) leads.delete(index);
          else leads.add(index);
          return fence;
        },
        async release() {
          leads.delete(index);
          await lease.release();
        },
      },
    }),
  };
}
