import type { Writable } from 'node:stream';
import winston from 'winston';
import type { LogFields, Logger } from '#application/ports/logger.ts';
import { prettyLine, type LogRecord } from '#adapters/telemetry/pretty-line.ts';
import { safeText, toLoggable } from '#adapters/telemetry/redact.ts';

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
  const colour = 'isTTY' in out && out.isTTY === true;
  const sink = winston.createLogger({
    levels: Object.fromEntries(LOG_LEVELS.map((level, index) => [level, index])),
    level: options.level,
    format: winston.format.printf(({ record }) => {
      const line = record as LogRecord;
      return options.format === 'json' ? JSON.stringify(line) : prettyLine(line, colour);
    }),
    transports: [new winston.transports.Stream({ stream: out, eol: '\n' })],
  });
  const enabled = LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(options.level) + 1);
  return loggerOn(sink, new Set(enabled), options.fields ?? {});
}

function loggerOn(
  sink: winston.Logger,
  enabled: ReadonlySet<LogLevel>,
  base: LogFields,
): TelemetryLogger {
  const at = (level: LogLevel) =>
    enabled.has(level)
      ? (message: string, fields?: LogFields) =>
          void sink.log({
            level,
            message,
            record: toRecord(level, message, { ...base, ...fields }),
          })
      : () => undefined;
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => loggerOn(sink, enabled, { ...base, ...fields }),
  };
}

/** Fields come after the three of ours and can't replace them. */
function toRecord(level: LogLevel, message: string, fields: LogFields): LogRecord {
  const safe = toLoggable(fields) as Record<string, unknown>;
  const ours = { timestamp: new Date().toISOString(), level, message: safeText(message) };
  return { ...ours, ...safe, ...ours };
}
