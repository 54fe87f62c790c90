import { parseJson } from '#domain/parse-json.ts';
import { CorruptRecordError } from '#application/ports/errors.ts';
import type { SQLOutputValue } from 'node:sqlite';
import type { Json } from '#domain/json.ts';

/** A row of a result. Its values come from disk: the functions below check what they are. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

export function text(row: Row, column: string, record: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new CorruptRecordError(record, `${column} is not text`);
  return value;
}

export function integer(row: Row, column: string, record: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new CorruptRecordError(record, `${column} is not a number`);
  return value;
}

export function nullable<T>(
  read: (row: Row, column: string, record: string) => T,
  row: Row,
  column: string,
  record: string,
): T | null {
  return row[column] === null ? null : read(row, column, record);
}

/** A value out of a closed set. */
export function oneOf<T extends string>(
  values: readonly T[],
  row: Row,
  column: string,
  record: string,
): T {
  const value = text(row, column, record);
  const found = values.find((known) => known === value);
  if (found === undefined) throw new CorruptRecordError(record, `${column} is ${value}`);
  return found;
}

/** A column of JSON text. Keys like `__proto__` become own properties, as JSON.parse makes them. */
export function json(row: Row, column: string, record: string): Json {
  const value = text(row, column, record);
  try {
    return parseJson(value);
  } catch (error) {
    throw new CorruptRecordError(record, `${column} is not JSON`, error);
  }
}
