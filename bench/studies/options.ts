/** What every study may be told. */
export type StudyOptions = {
  readonly workflows: number;
  readonly rounds: number;
  /** sqlite, or a STORE_URL. */
  readonly store: string;
  /** Worker processes beside the measured one. */
  readonly helpers: number;
};
