/** What somebody has set on a queue by hand, in Bull Board or else; BullMQ keeps it in Redis alone. */
export type QueueSetting = {
  readonly paused: boolean;
  /** Jobs at once over all processes; null: no limit. */
  readonly concurrency: number | null;
};

/** Settings by the names of their queues; those on which nothing is set are absent. The order is that of the queues. */
export type QueueSettings = Readonly<Record<string, QueueSetting>>;

/**
 * Settings of the engine's queues, and whether the Redis that holds them is still the one that they were set in.
 * Every call rejects with QueueUnavailableError when Redis is away.
 */
export interface QueueSettingsBoard {
  /** Both in one look, so that settings are never taken for removed which in truth were wiped. */
  look(): Promise<{ readonly wiped: boolean; readonly settings: QueueSettings }>;
  /** Sets them on a wiped Redis; queues that the engine does not have any more are left out. */
  restore(settings: QueueSettings): Promise<void>;
  /**
   * From now on, and until it is wiped again, this Redis counts as the one that we know.
   * @returns false: it was wiped again since `restore`, and still counts as wiped
   */
  acknowledge(): Promise<boolean>;
}
