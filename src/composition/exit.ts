import { MongoSetupError } from '#adapters/mongo/setup-error.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import { ConfigFileError } from '#composition/config-file-error.ts';
import { type Config, readConfig } from '#composition/config.ts';
import { MissingPieceError } from '#composition/missing-piece.ts';

/** Exit statuses of sysexits.h, which supervisors and people know. */
const EXIT = { unexpected: 1, missingPiece: 69, config: 78 } as const;

/** For process entries: the configuration, or one line a fault on stderr and exit status 78 (SPEC 9). */
export function configOrExit(): Config {
  const result = readConfig(process.env, process.stdout.isTTY);
  if (result.kind === 'valid') return result.config;
  for (const { message } of result.faults) process.stderr.write(`${message}\n`);
  return process.exit(EXIT.config);
}

/**
 * For process entries: ends a failed start. What the operator must change is said without a stack, with a status of
 * its own (missing piece, also a store that can't be opened, 69; faulty file, or a database that is not prepared, 78); all else is a bug, shown with its
 * stack, status 1.
 */
export function exitFailed(error: unknown): never {
  if (error instanceof MissingPieceError) return exitWith(EXIT.missingPiece, error.message);
  if (error instanceof StoreUnavailableError) return exitWith(EXIT.missingPiece, storeLine(error));
  if (error instanceof MongoSetupError) return exitWith(EXIT.config, error.message);
  if (error instanceof ConfigFileError) return exitWith(EXIT.config, error.message);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return exitWith(EXIT.unexpected, stack);
}

/** For process entries: ends a call with arguments that are none, in one line. @param error of parseArgs */
export function exitMisused(error: unknown, usage: string): never {
  const why = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
  return exitWith(EXIT.config, `${why}; usage: ${usage}`);
}

function exitWith(status: number, message: string): never {
  process.stderr.write(`${message}\n`);
  return process.exit(status);
}

/** What is wrong with the store, its cause included where the message does not hold it already; one line. */
function storeLine({ message, cause }: StoreUnavailableError): string {
  const why =
    cause instanceof Error && !message.includes(cause.message) ? `: ${cause.message}` : '';
  return `${message}${why}: make it usable or set STORE_URL`;
}
