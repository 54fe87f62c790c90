/** How far a reader of the feed has come, by its claim. */
export type Claim = {
  /** Counts the claims of this cursor: 1, 2, ... */
  readonly fence: number;
  /** A position of the feed, or what was noted; null: the beginning. */
  readonly position: string | null;
};

/**
 * Named, durable places in the feed, and other small texts that one leader keeps (`leader-note.ts`). The fence is counted in the store itself, beside what it guards: a wiped Redis, or clocks that
 * disagree, can neither bring an old leader back to power nor lock a new one out.
 *
 * Invariants, proven by test/contracts/cursor-store.ts on every adapter:
 * 1. Of all claims of a cursor only the newest can save; it holds until the next claim, also over restarts.
 * 2. A save that answers true is durable; one that answers false has changed nothing.
 */
export interface CursorStore {
  /** Takes the cursor over; an unknown one begins at null. Every earlier claim of it is void from now on. */
  claimCursor(name: string): Promise<Claim>;
  /** @returns false: somebody has claimed it since */
  saveCursor(name: string, fence: number, position: string | null): Promise<boolean>;
  /** The position, without claiming it; null: the beginning. */
  readCursor(name: string): Promise<string | null>;
  /** About how many events of the feed come after a position (null: all of them); exact where the store can count cheaply. */
  countFeedAfter(position: string | null): Promise<number>;
}
