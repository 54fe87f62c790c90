import type { FieldProblem } from '#application/orchestration.ts';
import type { Json } from '#domain/json.ts';

/** Containers inside one another, the outermost counted. */
export const DEEPEST_JSON = 64;

/** Keys through which a careless copy of an object reaches its prototype. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

type Container = {
  readonly value: readonly Json[] | { readonly [key: string]: Json };
  readonly depth: number;
  readonly key: string;
  readonly parent: Container | null;
};

/**
 * What in a parsed value must not get any further: nesting that would overflow the stack of recursive code,
 * keys that reach prototypes, and numbers that JSON can write but not keep (1e999).
 * Walks without recursion, and looks at the value as JSON.parse made it, before anything copies it.
 */
export function findHostileJson(root: Json): readonly FieldProblem[] {
  const faults: FieldProblem[] = [];
  const open: Container[] = [];
  const visit = (value: Json, key: string, parent: Container | null) => {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      faults.push({ field: fieldOf(parent, key), message: 'is a number out of range' });
    } else if (typeof value === 'object' && value !== null) {
      open.push({ value, depth: (parent?.depth ?? 0) + 1, key, parent });
    }
  };
  visit(root, '', null);
  for (let container = open.pop(); container !== undefined; container = open.pop()) {
    const { value, depth } = container;
    if (depth > DEEPEST_JSON) {
      const field = fieldOf(container.parent, container.key);
      return [{ field, message: `is nested deeper than ${DEEPEST_JSON} levels` }];
    }
    for (const [key, inner] of Object.entries<Json>(value)) {
      if (FORBIDDEN_KEYS.has(key)) {
        faults.push({ field: fieldOf(container, key), message: 'is a key that is not allowed' });
      }
      visit(inner, key, container);
    }
  }
  return faults;
}

/** The dotted path; it is put together for faults only. */
function fieldOf(parent: Container | null, key: string): string {
  const keys = [key];
  for (let at = parent; at !== null; at = at.parent) keys.unshift(at.key);
  return keys.filter((name) => name !== '').join('.') || 'body';
}
