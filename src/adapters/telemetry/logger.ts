import type { Writable } from 'node:stream';
import winston from 'winston';
import type { LogFields, Logger } from '#application/ports/logger.ts';
import { prettyLine, type LogRecord } from '#adapters/telemetry/pretty-line.ts';
import { loggableFields, safeText } from '#adapters/telemetry/redact.ts';

/** Most urgent first; a level includes those before it. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** json: one object a line, for machines. pretty: one line (and the stack of an error), for people. */
export const LOG_FORMATS = ['json', 'pretty'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export type LoggerOptions = {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** On every line, such as `{ process: 'worker' }`. */
  readonly fields?: LogFields;
  /** Where lines go; stdout by default. */
  readonly out?: Writable;
};

/** A Logger that can be narrowed: a child's fields are on all its lines. */
export type TelemetryLogger = Logger & { child(fields: LogFields): TelemetryLogger };

/**
 * The Logger port on winston. A level that is off costs a call of an empty function: its fields are never looked at.
 */
export function createLogger(options: LoggerOptions): TelemetryLogger {
  const out = options.out ?? process.stdout;
  const colour = 'isTTY' in out && out.isTTY;
  const render =
    options.format === 'json' ? JSON.stringify : (line: LogRecord) => prettyLine(line, colour);
  const sink = winston.createLogger({
    levels: Object.fromEntries(LOG_LEVELS.map((level, index) => [level, index])),
    level: options.level,
    format: winston.format.printf(({ message }) => String(message)),
    transports: [new winston.transports.Stream({ stream: out, eol: '\n' })],
  });
  const write: Write = (level, message, fields) => {
    sink.log(level, render(toRecord(level, message, fields)));
  };
  const enabled = new Set(LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(options.level) + 1));
  return loggerOn(write, enabled, options.fields ?? {});
}

type Write = (level: LogLevel, message: string, fields: LogFields) => void;

function loggerOn(write: Write, enabled: ReadonlySet<LogLevel>, base: LogFields): TelemetryLogger {
  const at = (level: LogLevel) =>
    enabled.has(level)
      ? (message: string, fields?: LogFields) => write(level, message, { ...base, ...fields })
      : () => undefined;
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => loggerOn(write, enabled, { ...base, ...fields }),
  };
}

/** Time, level and message come first and can't be replaced by a field. */
function toRecord(level: LogLevel, message: string, fields: LogFields): LogRecord {
  const ours = { timestamp: new Date().toISOString(), level, message: safeText(message) };
  return { ...ours, ...loggableFields(fields), ...ours };
}
