/** Something outside the engine is needed and can't be had; the message ends with the one command to type. */
export class MissingPieceError extends Error {
  readonly code = 'MISSING_PIECE';
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'MissingPieceError';
  }
}
