/** A record of a CSV file, or what could not be read as one. `line` is where it begins, from 1. */
export type CsvRecord =
  | { readonly kind: 'record'; readonly line: number; readonly fields: readonly string[] }
  | { readonly kind: 'malformed'; readonly line: number; readonly reason: string };

/** An opening quote that nobody closes would swallow the rest of the file: no record is longer than this. */
const MAX_RECORD_CHARS = 16 * 1024;

/**
 * Reads CSV (RFC 4180) as it comes in: fields in quotes may hold commas, doubled quotes and line breaks; lines end in LF or
 * CRLF; a byte order mark and empty lines are passed over; a quote within an unquoted field stands for itself. After
 * a malformed record, reading goes on with the next line. Never throws for what the text holds.
 */
export async function* readCsv(
  source: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): AsyncGenerator<CsvRecord, void> {
  const decoder = new TextDecoder();
  let text = '';
  let line = 1;

  function* drain(ended: boolean): Generator<CsvRecord, void> {
    let start = 0;
    while (start < text.length) {
      const scan = scanRecord(text, start, ended);
      if (scan.kind === 'incomplete') break;
      if (scan.kind === 'malformed') yield { kind: 'malformed', line, reason: scan.reason };
      else if (!isBlank(scan.fields)) yield { kind: 'record', line, fields: scan.fields };
      line += countBreaks(text, start, scan.next);
      start = scan.next;
    }
    text = text.slice(start);
  }

  for await (const chunk of source) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    if (line === 1 && text.startsWith('\uFEFF')) text = text.slice(1);
    yield* drain(false);
  }
  text += decoder.decode();
  yield* drain(true);
}

type Scan =
  | { readonly kind: 'record'; readonly fields: readonly string[]; readonly next: number }
  | { readonly kind: 'malformed'; readonly reason: string; readonly next: number }
  | { readonly kind: 'incomplete' };

function scanRecord(text: string, start: number, ended: boolean): Scan {
  const fields: string[] = [];
  let at = start;
  for (;;) {
    const field = text[at] === '"' ? quotedField(text, at) : plainField(text, at);
    if (field === null || field.end > start + MAX_RECORD_CHARS) {
      const tooLong = text.length - start > MAX_RECORD_CHARS;
      if (!tooLong && !ended) return { kind: 'incomplete' };
      return malformed(text, start, tooLong ? 'the record is too long' : 'a quote is not closed');
    }
    fields.push(field.value);
    at = field.end;
    const after = text[at];
    if (after === ',') at += 1;
    else if (after === '\n') return { kind: 'record', fields, next: at + 1 };
    else if (after === '\r' && text[at + 1] === '\n') {
      return { kind: 'record', fields, next: at + 2 };
    } else if (after === undefined || (after === '\r' && at + 1 === text.length)) {
      return ended ? { kind: 'record', fields, next: text.length } : { kind: 'incomplete' };
    } else return malformed(text, start, 'text after a closing quote');
  }
}

type Field = { readonly value: string; readonly end: number };

/** Up to the comma or the line break; a lone carriage return belongs to the field. */
function plainField(text: string, start: number): Field {
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n') end += 1;
  if (text[end - 1] === '\r' && end > start && text[end] !== ',') end -= 1;
  return { value: text.slice(start, end), end };
}

/** Up to the closing quote; null: there is none yet. */
function quotedField(text: string, start: number): Field | null {
  let value = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) return null;
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    from = quote + 2;
  }
}

function malformed(text: string, start: number, reason: string): Scan {
  const lineBreak = text.indexOf('\n', start);
  return { kind: 'malformed', reason, next: lineBreak === -1 ? text.length : lineBreak + 1 };
}

function isBlank(fields: readonly string[]): boolean {
  return fields.length === 1 && fields[0]?.trim() === '';
}

function countBreaks(text: string, start: number, end: number): number {
  let breaks = 0;
  for (let at = text.indexOf('\n', start); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) {
    breaks += 1;
  }
  return breaks;
}
