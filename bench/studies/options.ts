/** What every study may be told. */
export type StudyOptions = {
  readonly workflows: number;
  /**
   * Workflows that a contestant runs before the clock starts. Processes live for days; in their first seconds most of the time goes
   * into compiling what runs, and who has more code than the other looks slower than it is.
   */
  readonly warmUp: number;
  readonly rounds: number;
  /** sqlite, or a STORE_URL. */
  readonly store: string;
  /** Workflows a second, for the figures of a steady load: what the store carries. */
  readonly perSecond: number;
  /** Worker processes beside the measured one. */
  readonly helpers: number;
};
