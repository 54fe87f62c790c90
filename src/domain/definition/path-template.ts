import type { Json, JsonObject } from '#domain/json.ts';

/** A path filled in, and the input fields that it took: those are left out of the query of a GET or DELETE (SPEC 9). */
export type FilledPath =
  | { readonly kind: 'filled'; readonly path: string; readonly used: ReadonlySet<string> }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** A template taken apart; `names` in order, each once. */
export type PathShape =
  | { readonly kind: 'ok'; readonly names: readonly string[] }
  | { readonly kind: 'malformed'; readonly problem: string };

const PLACEHOLDER = /\{([A-Za-z0-9_-]+)\}/g;
/** Unreserved characters and sub-delimiters of RFC 3986, and percent-escapes: no query, no fragment, no space, no brace. */
const LITERAL_PATH = /^(?:\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})*)+$/;
const DOT_SEGMENT = /^(?:\.|%2e){1,2}$/i;
const MAX_TEMPLATE_LENGTH = 1000;

/** Checks a path template as it is authored: an absolute path without query, `{name}` where a value goes. */
export function inspectPathTemplate(template: string): PathShape {
  if (template.length > MAX_TEMPLATE_LENGTH) {
    return malformed(`is longer than ${MAX_TEMPLATE_LENGTH} characters`);
  }
  const sample = template.replaceAll(PLACEHOLDER, 'x');
  if (!LITERAL_PATH.test(sample)) {
    return malformed('must be an absolute path like /orders/{orderId}, without query or fragment');
  }
  if (sample.startsWith('//')) return malformed('must not begin with //');
  if (sample.split('/').some((segment) => DOT_SEGMENT.test(segment))) {
    return malformed('must not have . or .. as a segment');
  }
  return { kind: 'ok', names: [...namesIn(template)] };
}

/**
 * Fills `{name}` from the mapped input, URL-encoded (SPEC 8). A value that is missing, empty, `.`, `..`, no scalar (or null), or no
 * well-formed Unicode is an error, because it would call another path than the one meant; all such values are reported.
 */
export function fillPath(template: string, input: JsonObject): FilledPath {
  const encoded = new Map<string, string>();
  const problems: string[] = [];
  for (const name of namesIn(template)) {
    const part = pathPart(Object.hasOwn(input, name) ? input[name] : undefined);
    if ('encoded' in part) encoded.set(name, part.encoded);
    else problems.push(`path parameter ${name} ${part.problem}`);
  }
  if (problems.length > 0) return { kind: 'invalid', problems };
  const path = template.replaceAll(PLACEHOLDER, (_, name: string) => encoded.get(name) ?? '');
  return { kind: 'filled', path, used: new Set(encoded.keys()) };
}

/** A value as it stands in a path, or what keeps it out of one. */
export function pathPart(
  value: Json | undefined,
): { readonly encoded: string } | { readonly problem: string } {
  if (value === undefined) return { problem: 'is missing' };
  if (value === null) return { problem: 'is null' };
  if (typeof value === 'object') return { problem: 'is not a text, number or boolean' };
  const text = String(value);
  if (text === '') return { problem: 'is empty' };
  if (text === '.' || text === '..') return { problem: `is ${text}, which a path must not hold` };
  if (!text.isWellFormed()) return { problem: 'is not well-formed Unicode' };
  return { encoded: encodeURIComponent(text) };
}

function namesIn(template: string): ReadonlySet<string> {
  return new Set(Array.from(template.matchAll(PLACEHOLDER), (match) => match[1] ?? ''));
}

function malformed(problem: string): PathShape {
  return { kind: 'malformed', problem };
}
