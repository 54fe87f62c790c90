/** What every study may be told. */
export type StudyOptions = {
  readonly workflows: number;
  readonly rounds: number;
  /** sqlite, or a STORE_URL. */
  readonly store: string;
  /** Workflows a second, for the figures of a steady load: what the store carries. */
  readonly perSecond: number;
  /** Worker processes beside the measured one. */
  readonly helpers: number;
};
