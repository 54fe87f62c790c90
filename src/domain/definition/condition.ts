import type { Condition, Mapping } from '#domain/definition/definition.ts';
import { jsonEqual } from '#domain/definition/json-equality.ts';
import { resolveMapping, type Scope } from '#domain/definition/mapping.ts';
import type { Json } from '#domain/json.ts';

/**
 * Does a condition hold (SPEC 8)? Pure and total.
 *
 * An operand with a pointer that leads nowhere (and no `$default`) is **no value**: `equals`, `in`, `gt`, `lt` and `exists` of
 * it are false, hence `not` of them true. `null` is a value.
 * - `equals`: deep equality of JSON, no conversion (`1` is not `"1"`).
 * - `in`: the second operand is an array with an element equal to the first; false for anything but an array.
 * - `gt`, `lt`: two numbers, or two strings by code units (so ISO 8601 times of one form compare); false for anything else.
 * - `all` of nothing is true, `any` of nothing false.
 */
export function holds(condition: Condition, scope: Scope): boolean {
  if ('not' in condition) return !holds(condition.not, scope);
  if ('all' in condition) return condition.all.every((part) => holds(part, scope));
  if ('any' in condition) return condition.any.some((part) => holds(part, scope));
  if ('exists' in condition) return valueOf(condition.exists, scope) !== undefined;
  if ('equals' in condition) return compare(condition.equals, scope, jsonEqual);
  if ('in' in condition) return compare(condition.in, scope, isElementOf);
  if ('gt' in condition) return compare(condition.gt, scope, isGreater);
  return compare(condition.lt, scope, (left, right) => isGreater(right, left));
}

function compare(
  operands: readonly [Mapping, Mapping],
  scope: Scope,
  relation: (left: Json, right: Json) => boolean,
): boolean {
  const left = valueOf(operands[0], scope);
  const right = valueOf(operands[1], scope);
  return left !== undefined && right !== undefined && relation(left, right);
}

function valueOf(operand: Mapping, scope: Scope): Json | undefined {
  const resolved = resolveMapping(operand, scope);
  return resolved.kind === 'value' ? resolved.value : undefined;
}

function isElementOf(value: Json, list: Json): boolean {
  return Array.isArray(list) && list.some((element: Json) => jsonEqual(value, element));
}

function isGreater(left: Json, right: Json): boolean {
  if (typeof left === 'number' && typeof right === 'number') return left > right;
  return typeof left === 'string' && typeof right === 'string' && left > right;
}
