import { decodeBody } from '#adapters/http/content-encoding.ts';
import { REPLY_LIMIT } from '#adapters/http/exchange.ts';
import { headerOf, type ResponseHeaders } from '#adapters/http/response-headers.ts';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';

/** How deep a reply may nest: what walks it later may be recursive. */
const DEEPEST = 64;

export type Reply =
  | { readonly kind: 'reply'; readonly reply: JsonObject }
  | { readonly kind: 'unusable'; readonly problem: string };

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The reply of a 2xx (SPEC 9): a JSON object, or nothing at all, which is `{}`.
 *
 * The Content-Type is not looked at: what parses as a JSON object is one, and many a service mislabels it. An array or a scalar
 * is no outputData (SPEC 5: an object, into which pointers lead by name) and is not wrapped into one: a name made up here would
 * become part of every definition.
 */
export function readReply(status: number, headers: ResponseHeaders, body: Buffer): Reply {
  if (status === 204 || status === 205) return { kind: 'reply', reply: {} };
  const decoded = decodeBody(body, headerOf(headers, 'content-encoding'), REPLY_LIMIT);
  if (decoded.kind === 'undecodable') return unusable(decoded.problem);
  let text: string;
  try {
    text = strictUtf8.decode(decoded.body);
  } catch {
    return unusable('is not valid UTF-8');
  }
  if (text.trim() === '') return { kind: 'reply', reply: {} };
  return parseReply(text);
}

function parseReply(text: string): Reply {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unusable('is not JSON');
  }
  if (!isJsonObject(value)) return unusable(notAnObject(value));
  const problem = problemWithin(value, 1);
  return problem === null ? { kind: 'reply', reply: value } : unusable(problem);
}

function notAnObject(value: unknown): string {
  let kind: string = typeof value;
  if (Array.isArray(value)) kind = 'array';
  else if (value === null) kind = 'null';
  return `is JSON of kind ${kind}, and outputData is an object: have the service, or a gateway before it, wrap it, as in {"items": [...]}`;
}

/** @param depth of this value; the reply itself is at 1 */
function problemWithin(value: Json, depth: number): string | null {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return 'holds a number too large to be kept';
  }
  if (typeof value !== 'object' || value === null) return null;
  if (depth > DEEPEST) return `is nested deeper than ${DEEPEST}`;
  for (const element of Object.values(value)) {
    const problem = problemWithin(element, depth + 1);
    if (problem !== null) return problem;
  }
  return null;
}

function unusable(problem: string): Reply {
  return { kind: 'unusable', problem };
}
