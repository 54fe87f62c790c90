import type { Claim, CursorStore } from '#application/ports/cursor-store.ts';

/** A small text of a role's leader that must outlive Redis. */
export type LeaderNote = {
  /** What is noted; null: nothing. Every earlier leader's claim is void from then on. @throws StoreUnavailableError */
  claimed(): Promise<string | null>;
  /**
   * Replaces what is noted; what is there already is not written again.
   * @returns false: another process has claimed it since. Nothing was written, and `claimed` begins anew.
   * @throws StoreUnavailableError
   */
  save(text: string): Promise<boolean>;
};

/**
 * A note under a fence that the store counts itself, as the relay's place in the feed is (ADR 13, 19): a leader that was frozen between
 * reading and writing can't undo what its successor has written.
 * @param name of the cursor that holds it; readers use `readCursor`
 */
export function createLeaderNote(store: CursorStore, name: string): LeaderNote {
  let claim: Claim | null = null;

  async function claimed(): Promise<Claim> {
    claim ??= await store.claimCursor(name);
    return claim;
  }

  return {
    claimed: async () => (await claimed()).position,
    async save(text) {
      const { fence, position } = await claimed();
      if (position === text) return true;
      claim = null; // unless it is known to be saved
      if (!(await store.saveCursor(name, fence, text))) return false;
      claim = { fence, position: text };
      return true;
    },
  };
}
