import type { ServiceCall } from '#application/ports/service-caller.ts';
import { fillPath } from '#domain/definition/path-template.ts';
import type { HttpMethod } from '#domain/definition/definition.ts';
import type { Json, JsonObject } from '#domain/json.ts';

/** What of a call goes into the request line and the body. */
export type RequestTarget = {
  readonly method: HttpMethod;
  /** With the query; to be put behind the instance. */
  readonly path: string;
  /** JSON text; null: the method carries no body. */
  readonly body: string | null;
};

export type TargetResult =
  | { readonly kind: 'target'; readonly target: RequestTarget }
  | { readonly kind: 'invalid'; readonly problem: string };

/**
 * Where a call goes and what it carries (SPEC 9): the whole mapped input as JSON body for POST, PUT and PATCH; for GET and
 * DELETE whatever the path did not use as query. A step without `http` is `POST /operations/{operation}`.
 */
export function requestTarget(
  call: Pick<ServiceCall, 'http' | 'operation' | 'input'>,
): TargetResult {
  if (call.http === null) {
    const path = `/operations/${encodeURIComponent(call.operation)}`;
    return target({ method: 'POST', path, body: JSON.stringify(call.input) });
  }
  const { method } = call.http;
  const filled = fillPath(call.http.path, call.input);
  if (filled.kind === 'invalid') return { kind: 'invalid', problem: filled.problems.join('; ') };
  if (method === 'GET' || method === 'DELETE') {
    return target({ method, path: filled.path + queryOf(call.input, filled.used), body: null });
  }
  return target({ method, path: filled.path, body: JSON.stringify(call.input) });
}

/**
 * The input as query, in its own order: a scalar as `name=value`, an array as its name repeated, an object as its JSON text.
 * What is null, and an array without elements, is left out: a query has no word for nothing.
 */
function queryOf(input: JsonObject, used: ReadonlySet<string>): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(input)) {
    if (used.has(name)) continue;
    for (const element of Array.isArray(value) ? (value as readonly Json[]) : [value]) {
      if (element !== null) pairs.push(`${encode(name)}=${encode(queryText(element))}`);
    }
  }
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function queryText(value: Json): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Half a surrogate pair has no encoding; it is sent as the replacement character. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function target(value: RequestTarget): TargetResult {
  return { kind: 'target', target: value };
}
