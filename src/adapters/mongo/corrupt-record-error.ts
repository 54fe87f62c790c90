/** What the database holds can't be what was written to it. Trying again does not help; a backup does. */
export class CorruptRecordError extends Error {
  readonly code = 'CORRUPT_RECORD';
  readonly retryable = false;
  /** @param record what it is, by name: `event 3 of workflow w-1` */
  constructor(record: string, fault: string, cause?: unknown) {
    super(`${record} is damaged in the MongoDB store: ${fault}`, { cause });
    this.name = 'CorruptRecordError';
  }
}
