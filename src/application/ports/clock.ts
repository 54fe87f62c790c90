/** Wall clock, epoch ms. */
export interface Clock {
  now(): number;
}

/** A clock that nobody sets, for how long something has taken. */
export interface SteadyClock {
  /** ms since some moment in the past. */
  elapsed(): number;
}
