import { decodeBody } from '#adapters/http/content-encoding.ts';
import { headerOf, type ResponseHeaders } from '#adapters/http/response-headers.ts';
import { isJsonObject } from '#domain/json.ts';

const LONGEST = 200;
const DECODED_LIMIT = 64 * 1024;
/** Controls, invisible formatting (which could turn a line of log around) and line separators. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/**
 * What an error's body says, in at most 200 printable characters: `detail` or `message` of a problem (RFC 9457) or its like,
 * else the beginning of the text.
 * @returns '' where it says nothing
 */
export function errorExcerpt(headers: ResponseHeaders, body: Buffer): string {
  const decoded = decodeBody(body, headerOf(headers, 'content-encoding'), DECODED_LIMIT);
  if (decoded.kind === 'undecodable') return '';
  const text = decoded.body.toString('utf8');
  return printable(messageIn(text) ?? text);
}

/** One line of at most 200 characters that is safe in logs, events and answers. */
export function printable(text: string): string {
  const line = text.replaceAll(UNPRINTABLE, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= LONGEST ? line : `${characters.slice(0, LONGEST).join('')}…`;
}

function messageIn(text: string): string | null {
  let problem: unknown;
  try {
    problem = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isJsonObject(problem)) return null;
  return nonEmptyText(problem['detail']) ?? nonEmptyText(problem['message']);
}

function nonEmptyText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
