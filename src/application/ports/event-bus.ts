/** A message that goes out. */
export type BusMessage = {
  readonly topic: string;
  /** Messages of one key and topic keep their order; null: none is asked for. */
  readonly key: Uint8Array | string | null;
  readonly value: Uint8Array | string | null;
  readonly headers: BusHeaders;
};

export type BusHeaders = ReadonlyMap<string, Uint8Array | string>;

/** A message that came in, as it is: nothing of it is trusted. */
export type ReceivedMessage = {
  readonly topic: string;
  readonly partition: number;
  /** A decimal number beyond what a double holds. With topic and partition it names the message for ever. */
  readonly offset: string;
  /** epoch ms; the producer's or the broker's clock */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** Of headers of one name the last. */
  readonly headers: ReadonlyMap<string, Uint8Array>;
};

/**
 * Handles messages of one partition, in their order.
 * @param signal aborted when the partition is taken away or the process stops: end soon, what is not done comes again
 * @returns how many of them, counted from the first, are done for good
 */
export type BatchHandler = (
  messages: readonly ReceivedMessage[],
  signal: AbortSignal,
) => Promise<number>;

export type Subscription = {
  /** Consumers of one group share the partitions among them. */
  readonly group: string;
  /** Those that do not exist yet are waited for. A group that is new begins with the oldest message. */
  readonly topics: readonly string[];
  readonly handle: BatchHandler;
};

/** A consumer at work. It outlives outages of the bus by itself. */
export type Consumption = {
  /** Aborts handlers under way and waits for them; what was done is not given out again to others. */
  close(): Promise<void>;
};

export interface EventPublisher {
  /**
   * Sends these in their order, at least once: when it resolves, all replicas in sync have all of them. When it rejects, any of
   * them may be there or not: send all of them again. One `publish` ends before the next begins.
   * @throws BusUnavailableError, MessageRefusedError
   */
  publish(messages: readonly BusMessage[]): Promise<void>;
}

/** Kafka, or what takes its place. It is never needed to know what is true: the log is (ADR 13). */
export interface EventBus extends EventPublisher {
  consume(subscription: Subscription): Consumption;
  /** All that a topic holds at this moment, by partition and offset. For small topics. */
  readTopic(topic: string): Promise<readonly ReceivedMessage[]>;
  /** Resolves when the bus answers, rejects with BusUnavailableError. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The bus can't be reached, or does not let us. Nothing is known of what was under way. */
export class BusUnavailableError extends Error {
  readonly code = 'BUS_UNAVAILABLE';
  readonly retryable = true;
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'BusUnavailableError';
  }
}

/** The bus will never take one of these messages, such as one beyond its size limit. Others of the same call may be there. */
export class MessageRefusedError extends Error {
  readonly code = 'MESSAGE_REFUSED';
  readonly retryable = false;
  /** What the bus calls it, e.g. MESSAGE_TOO_LARGE. */
  readonly reason: string;
  constructor(reason: string, cause?: unknown) {
    super(`the bus refuses the message: ${reason}`, { cause });
    this.name = 'MessageRefusedError';
    this.reason = reason;
  }
}
