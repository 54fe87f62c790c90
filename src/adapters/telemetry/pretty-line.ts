import { stripVTControlCharacters } from 'node:util';

/** A log line before it is written: what toLoggable made, under a time, a level and a message. */
export type LogRecord = {
  readonly timestamp: string;
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
};

const COLOURS: Readonly<Record<string, number>> = { error: 31, warn: 33, info: 32, debug: 90 };

/** `12:03:04.567 warn  the message  workflowId=… attempt=3`; stacks of errors follow, indented. */
export function prettyLine(record: LogRecord, colour: boolean): string {
  const { timestamp, level, message, ...fields } = record;
  const paint = (code: number, text: string) => (colour ? `\u001B[${code}m${text}\u001B[0m` : text);
  const stacks: string[] = [];
  const pairs = Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const shown = isErrorFields(value) ? errorLine(value, stacks) : oneLine(value);
    return [`${paint(90, `${name}=`)}${shown}`];
  });
  const head = [
    paint(90, timestamp.slice(11, 23)),
    paint(COLOURS[level] ?? 0, level.padEnd(5)),
    printable(message),
  ];
  return [[head.join(' '), ...pairs].join(' '), ...stacks].join('\n');
}

type ErrorFields = { readonly message: string; readonly stack: string; readonly cause?: unknown };

function isErrorFields(value: unknown): value is ErrorFields {
  if (typeof value !== 'object' || value === null) return false;
  if (!('message' in value) || !('stack' in value)) return false;
  return typeof value.message === 'string' && typeof value.stack === 'string';
}

/** The message stays on the line; the stacks, causes included, go below it. */
function errorLine(error: ErrorFields, stacks: string[]): string {
  for (
    let at: unknown = error, label = '';
    isErrorFields(at);
    at = at.cause, label = 'caused by '
  ) {
    stacks.push(`    ${label}${stripVTControlCharacters(at.stack).replaceAll('\n', '\n    ')}`);
  }
  return escaped(error.message);
}

function oneLine(value: unknown): string {
  if (typeof value === 'string' && /^[\w.:/@+-]+$/.test(value)) return value;
  return escaped(value);
}

/** A message can't forge a second line, nor steer the terminal. */
function printable(text: string): string {
  return escaped(stripVTControlCharacters(text))
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"');
}

/** JSON, which escapes control characters but for these, that some terminals obey as well. */
function escaped(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007F-\u009F]/g, (control) => {
    return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
