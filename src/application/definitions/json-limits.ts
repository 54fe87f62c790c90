import { formatPointer } from '#domain/definition/json-pointer.ts';
import { quoted, type Problem } from '#domain/definition/validation/problem.ts';
import type { Json } from '#domain/json.ts';

/** How large untrusted JSON may be before anything else looks at it. */
export type JsonLimits = {
  /** Arrays and objects within one another. */
  readonly depth: number;
  /** Values of any kind, over all. */
  readonly values: number;
  /** UTF-16 code units of one text, keys included. */
  readonly textLength: number;
  /** May objects have a field `__proto__`? */
  readonly protoFields: boolean;
};

/** A value with the number of arrays and objects around it and the way back to the root; a path is only written out where something is wrong. */
type Place = {
  readonly value: unknown;
  readonly depth: number;
  readonly key: string;
  readonly parent: Place | null;
};

/** Where something is too deep the path names only the beginning of the way. */
const SHOWN_TOKENS = 8;

export type ReadJson =
  | { readonly kind: 'json'; readonly value: Json }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/**
 * Is this JSON, and within limits? Iterative and linear, and it ends at the first of the faults that make going on costly (too
 * deep, too many values), so that it is itself safe on any value. What passes can be walked recursively.
 */
export function readJson(root: unknown, limits: JsonLimits): ReadJson {
  const problems = limitProblems(root, limits);
  // Every value within it was just seen to be one of JSON's.
  return problems.length === 0
    ? { kind: 'json', value: root as Json }
    : { kind: 'refused', problems };
}

function limitProblems(root: unknown, limits: JsonLimits): readonly Problem[] {
  const problems: Problem[] = [];
  const open: Place[] = [{ value: root, depth: 0, key: '', parent: null }];
  let values = 0;
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    values += 1;
    if (values > limits.values) {
      const message = `must have at most ${limits.values} values`;
      return [...problems, { path: '', message }];
    }
    const message = placeProblem(place, limits);
    if (message !== null) problems.push({ path: pathOf(place), message });
    if (isTooDeep(place, limits)) return problems;
    // One by one: a list may be longer than a call can have arguments.
    if (message === null) for (const part of partsOf(place).reverse()) open.push(part);
  }
  return problems;
}

function placeProblem(place: Place, limits: JsonLimits): string | null {
  const { value, key } = place;
  if (isTooDeep(place, limits)) return `is nested deeper than ${limits.depth} levels`;
  if (key === '__proto__' && !limits.protoFields) return 'must not be used as a field name';
  return textProblem(key, limits.textLength) ?? valueProblem(value, limits.textLength);
}

function isTooDeep({ value, depth }: Place, limits: JsonLimits): boolean {
  return typeof value === 'object' && value !== null && depth >= limits.depth;
}

function valueProblem(value: unknown, maximum: number): string | null {
  switch (typeof value) {
    case 'string':
      return textProblem(value, maximum);
    case 'number':
      return Number.isFinite(value) ? null : 'is not a finite number';
    case 'boolean':
      return null;
    case 'object':
      return value === null || Array.isArray(value) || isPlain(value) ? null : 'is not JSON';
    default:
      return 'is not JSON';
  }
}

function textProblem(text: string, maximum: number): string | null {
  if (text.length > maximum) return `is longer than ${maximum} characters`;
  return text.isWellFormed() ? null : 'is not well-formed Unicode';
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function partsOf(place: Place): Place[] {
  if (typeof place.value !== 'object' || place.value === null) return [];
  return Object.entries(place.value).map(([key, value]: [string, unknown]) => ({
    value,
    depth: place.depth + 1,
    key,
    parent: place,
  }));
}

function pathOf(place: Place): string {
  const tokens: string[] = [];
  for (let at: Place | null = place; at?.parent; at = at.parent) tokens.push(at.key);
  const shown = tokens.reverse().slice(0, SHOWN_TOKENS);
  return formatPointer(shown.map((token) => (token.length > 100 ? quoted(token) : token)));
}
