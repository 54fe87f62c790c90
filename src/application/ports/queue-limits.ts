/** How many jobs of a queue run at once over all processes together. Kept in Redis only: whoever sets it sets it again after a wipe. */
export interface QueueLimits {
  /**
   * Brings these limits about, as those of a monitor (`throttled`); null: none beyond what each worker takes. Changes what differs, and
   * nothing else.
   * @param fence of the monitor's lease: limits of a later monitor stay as they are; null: nobody's, whoever set them last
   * @returns the queues whose limit was another one
   * @throws QueueUnavailableError
   */
  apply(
    limits: ReadonlyMap<string, number | null>,
    fence: number | null,
  ): Promise<readonly string[]>;
  /**
   * Sets these limits on queues that have none.
   * @throws QueueUnavailableError
   */
  ensure(limits: ReadonlyMap<string, number>): Promise<void>;
  /**
   * The limits that a monitor has set and nobody has taken over from it. One that a person has set on another queue is not among them.
   * @throws QueueUnavailableError
   */
  throttled(): Promise<ReadonlyMap<string, number>>;
  /**
   * Sets these limits, null: none, for good: no monitor answers for them any more.
   * @throws QueueUnavailableError
   */
  settle(limits: ReadonlyMap<string, number | null>): Promise<void>;
}
