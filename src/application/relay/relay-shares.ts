import { createLeaderNote } from '#application/leader-note.ts';
import type { CursorStore } from '#application/ports/cursor-store.ts';
import { laneGroup } from '#application/waveless/lane-group.ts';

/*
 * The workflows can be shared out among several relays that publish side by side (RELAY_PARTITIONS). Each share has a lease and a cursor
 * of its own, and follows the whole feed, of which it publishes what is its own. The store notes how many shares there are.
 *
 * 1. A workflow belongs to one share, so its events leave in log order.
 * 2. Where the number of shares changes, the new ones begin at the cursor that was furthest behind among the old: some events are
 *    published again under the same ids, none is left out. Who leads the first share does that; the others wait for it.
 */

/** Which of how many shares of the workflows: index 0..of-1. */
export type RelayShare = { readonly index: number; readonly of: number };

export const ALL_WORKFLOWS: RelayShare = { index: 0, of: 1 };

/** The note of how many shares there are. */
const DIVISION = 'relay-division';

/** Also of its lease: whoever leads one share of three is no rival of who leads one of four. */
export function nameOfShare({ index, of }: RelayShare): string {
  return of === 1 ? 'relay' : `relay-${index + 1}-of-${of}`;
}

export function isOfShare(workflowId: string, { index, of }: RelayShare): boolean {
  return of === 1 || laneGroup(workflowId, of) === index;
}

export function sharesOf(count: number): readonly RelayShare[] {
  return Array.from({ length: count }, (_, index) => ({ index, of: count }));
}

/** How the workflows are shared out now. @throws StoreUnavailableError */
export async function currentShares(store: CursorStore): Promise<readonly RelayShare[]> {
  return sharesOf(Number((await store.readCursor(DIVISION)) ?? 1));
}

/**
 * Has the workflows shared out as this share needs it.
 * @returns false: they are shared out otherwise, and it is not for this share to change that
 * @throws StoreUnavailableError: begin again, what was done may be done twice
 */
export async function divide(store: CursorStore, { index, of }: RelayShare): Promise<boolean> {
  const old = await currentShares(store);
  if (old.length === of) return true;
  if (index !== 0) return false;
  const positions = await Promise.all(old.map((share) => store.readCursor(nameOfShare(share))));
  const behind = furthestBehind(positions);
  for (const share of sharesOf(of)) {
    const { fence } = await store.claimCursor(nameOfShare(share));
    await store.saveCursor(nameOfShare(share), fence, behind);
  }
  return await createLeaderNote(store, DIVISION).save(String(of));
}

/** A position is the number of an event in the feed; null: the beginning. */
function furthestBehind(positions: readonly (string | null)[]): string | null {
  return positions.reduce((least, position) => {
    if (least === null || position === null) return null;
    return Number(position) < Number(least) ? position : least;
  });
}
