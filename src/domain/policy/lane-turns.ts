/**
 * Whose turn it is among the lanes: deficit round robin after Shreedhar and Varghese ("Efficient fair queuing using deficit round
 * robin", SIGCOMM 1995). Each time that the turn comes to a lane it is granted `weight` orders more; what it does not use because the
 * batch is full it uses when the next batch goes on where this one ended.
 *
 * Of two lanes that always have something to release neither gets ahead of the other by more than one turn: released/weight
 * differs by 1 at most between turns.
 */
export type LaneTurns = {
  /** The lane that the next batch begins with; null: any. */
  readonly next: string | null;
  /** What is left of that lane's grant. */
  readonly grant: number;
};

export const FIRST_TURN: LaneTurns = { next: null, grant: 0 };

/** A lane that has something to release. */
export type LaneLine<Order> = {
  readonly lane: string;
  /** Orders per turn, a whole number from 1. */
  readonly weight: number;
  /** What may be released, the first in line first. */
  readonly line: readonly Order[];
};

/**
 * Takes up to `count` orders out of the lanes, in turn.
 * @param lines one per lane; lanes take turns in the order of their names, whatever the order in which they are given
 */
export function takeTurns<Order>(
  lines: readonly LaneLine<Order>[],
  count: number,
  turns: LaneTurns,
): { readonly taken: readonly Order[]; readonly turns: LaneTurns } {
  const ring = lines
    .filter(({ line }) => line.length > 0)
    .toSorted((a, b) => (a.lane < b.lane ? -1 : 1))
    .map((lane) => ({ ...lane, used: 0 }));
  const taken: Order[] = [];
  let place = placeOf(ring, turns.next);
  // a grant belongs to the lane that it was given to: if that has nothing to release now, it is lost
  let grant = ring[place]?.lane === turns.next ? turns.grant : 0;
  let lane = ring[place];
  while (lane !== undefined && taken.length < count) {
    if (grant === 0) grant = lane.weight;
    const most = Math.min(grant, count - taken.length);
    const served = lane.line.slice(lane.used, lane.used + most);
    taken.push(...served);
    lane.used += served.length;
    grant -= served.length;
    const isEmpty = lane.used === lane.line.length;
    if (grant > 0 && !isEmpty) break; // the batch is full within its turn
    grant = 0;
    if (isEmpty) ring.splice(place, 1);
    else place += 1;
    if (place >= ring.length) place = 0;
    lane = ring[place];
  }
  return { taken, turns: { next: lane?.lane ?? null, grant } };
}

/** The lane of that name, or the one that comes after its place. */
function placeOf(ring: readonly { readonly lane: string }[], name: string | null): number {
  if (name === null) return 0;
  return Math.max(
    0,
    ring.findIndex(({ lane }) => lane >= name),
  );
}
