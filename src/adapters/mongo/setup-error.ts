/**
 * The server, its database or the URL is not as the store needs it. Trying again does not help; the message says what to do.
 * It holds no password.
 */
export class MongoSetupError extends Error {
  readonly code = 'STORE_SETUP';
  readonly retryable = false;
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'MongoSetupError';
  }
}
