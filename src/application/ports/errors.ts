/** The store can't answer, or can't make a write durable: nothing was acknowledged. The caller may try again. */
export class StoreUnavailableError extends Error {
  readonly code = 'STORE_UNAVAILABLE';
  readonly retryable = true;
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreUnavailableError';
  }
}

/** The queue (Redis) can't be reached. What was committed is safe: the reconciler dispatches it later. */
export class QueueUnavailableError extends Error {
  readonly code = 'QUEUE_UNAVAILABLE';
  readonly retryable = true;
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'QueueUnavailableError';
  }
}

/** What the store holds can't be what was written to it. Trying again does not help; a backup does. */
export class CorruptRecordError extends Error {
  readonly code = 'CORRUPT_RECORD';
  readonly retryable = false;
  readonly record: string;
  readonly fault: string;
  /** @param record what it is, by name: `event 3 of workflow w-1` */
  constructor(record: string, fault: string, cause?: unknown) {
    super(`${record} is damaged in the store: ${fault}`, { cause });
    this.name = 'CorruptRecordError';
    this.record = record;
    this.fault = fault;
  }
}
