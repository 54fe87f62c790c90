/** How many orders of a lane may be on the floor at once, and its share of a batch. */
export type LaneRule = {
  readonly cap: number;
  /** A whole number from 1: a lane of weight 2 gets twice as many of a full batch. */
  readonly weight: number;
};

/** What is configured of lanes (LANES_FILE, LANE_CAP). */
export type LaneRules = {
  /** Lanes that the configuration names; there may be others. */
  readonly named: readonly string[];
  /** null: there is no such lane, and orders for it are refused. */
  find(lane: string): LaneRule | null;
};

/** The rule of a lane that was taken out of the configuration while orders were in it: they trickle out. */
export const LAST_ORDERS: LaneRule = { cap: 1, weight: 1 };
