/** That an event from outside has taken effect. Times are epoch ms. */
export type InboundRecord = {
  /** CloudEvents source and id: together they name the event. */
  readonly source: string;
  readonly eventId: string;
  /** Digest of its content: another content under the same name is no redelivery. */
  readonly fingerprint: string;
  /** What came of it, in a word or two, for people. */
  readonly outcome: string;
  readonly recordedAt: number;
  readonly expiresAt: number;
};

/**
 * Which events have been handled, kept over restarts. Written after the effect, which is repeatable: a crash in between leads to
 * a repetition that changes nothing.
 */
export interface InboundLog {
  /** @returns the record that holds at `now` (`now < expiresAt`), or null */
  findInbound(source: string, eventId: string, now: number): Promise<InboundRecord | null>;
  /** Keeps the record, unless one of the same name holds at `recordedAt`. @returns the one that holds: durable */
  recordInbound(record: InboundRecord): Promise<InboundRecord>;
}
