import { MissingPieceError } from '#composition/missing-piece.ts';
import { type Config, readConfig } from '#composition/config.ts';

/** Exit statuses of sysexits.h, which supervisors and people know. */
const EXIT = { unexpected: 1, missingPiece: 69, config: 78 } as const;

/** For process entries: the configuration, or one line a fault on stderr and exit status 78 (SPEC 9). */
export function configOrExit(): Config {
  const result = readConfig(process.env, process.stdout.isTTY);
  if (result.kind === 'valid') return result.config;
  for (const { message } of result.faults) process.stderr.write(`${message}\n`);
  return process.exit(EXIT.config);
}

/** For process entries: ends a failed start. A missing piece is one clear line and status 69; all else is a bug and shows its stack. */
export function exitFailed(error: unknown): never {
  const missing = error instanceof MissingPieceError;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${missing ? error.message : stack}\n`);
  return process.exit(missing ? EXIT.missingPiece : EXIT.unexpected);
}
