import type { Mapping, MappingObject } from '#domain/definition/definition.ts';
import { lookup } from '#domain/definition/json-pointer.ts';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';

/**
 * What `$from` pointers look into (SPEC 8): `{ input, steps: { <id>: { output } }, context, reply? }`.
 * A step that has no output, e.g. a SKIPPED one, is simply not there.
 */
export type Scope = JsonObject;

/** The resolved value, or every pointer that led nowhere and had no `$default`: in the order of the template, each once. */
export type Resolved<T extends Json = Json> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'missing'; readonly pointers: readonly string[] };

/**
 * Replaces every reference of a template by what it points to (SPEC 8). Pure; never throws on what the scope holds.
 * Looked-up values are shared with the scope, not copied, and are never themselves read as templates.
 * The depth of the template is bounded where definitions are saved.
 */
export function resolveMapping(template: Mapping, scope: Scope): Resolved {
  const missing = new Set<string>();
  const value = resolve(template, scope, missing);
  return outcome(value, missing);
}

/** `resolveMapping` for the fields of a step's input. The object itself is never a reference (refused when saved). */
export function resolveFields(template: MappingObject, scope: Scope): Resolved<JsonObject> {
  const missing = new Set<string>();
  const value = resolveEach(template, scope, missing);
  return outcome(value, missing);
}

/** The fields of a workflow's output that can be resolved; a field with a pointer that leads nowhere is left out. */
export function resolveKnown(template: MappingObject, scope: Scope): JsonObject {
  const known = Object.entries(template).flatMap(([field, part]): [string, Json][] => {
    const resolved = resolveMapping(part, scope);
    return resolved.kind === 'value' ? [[field, resolved.value]] : [];
  });
  return Object.fromEntries(known);
}

/** Does this object of a template stand for a looked-up value? Every other object is a literal. */
export function isReference(template: JsonObject): boolean {
  return Object.hasOwn(template, '$from');
}

function outcome<T extends Json>(value: T, missing: ReadonlySet<string>): Resolved<T> {
  return missing.size === 0
    ? { kind: 'value', value }
    : { kind: 'missing', pointers: [...missing] };
}

function resolve(template: Mapping, scope: Scope, missing: Set<string>): Json {
  if (typeof template !== 'object' || template === null) return template;
  if (!isJsonObject(template)) return template.map((item) => resolve(item, scope, missing));
  if (isReference(template)) return resolveReference(template, scope, missing);
  return resolveEach(template, scope, missing);
}

function resolveEach(template: JsonObject, scope: Scope, missing: Set<string>): JsonObject {
  // fromEntries defines own properties: a key `__proto__` stays data.
  return Object.fromEntries(
    Object.entries(template).map(([key, part]) => [key, resolve(part, scope, missing)]),
  );
}

function resolveReference(reference: JsonObject, scope: Scope, missing: Set<string>): Json {
  const pointer = reference['$from'];
  if (typeof pointer === 'string') {
    const found = lookup(scope, pointer);
    if (found.found) return found.value;
  }
  const fallback = Object.hasOwn(reference, '$default') ? reference['$default'] : undefined;
  if (fallback !== undefined) return fallback;
  // A `$from` that is no text is refused when saved; here it is one more pointer that leads nowhere.
  missing.add(typeof pointer === 'string' ? pointer : JSON.stringify(pointer));
  return null;
}
