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
  return isJson(root, problems) ? { kind: 'json', value: root } : { kind: 'refused', problems };
}

/** Where no problem was found, every value within was seen to be one of JSON's. */
function isJson(root: unknown, problems: readonly Problem[]): root is Json {
  return problems.length === 0;
}

function limitProblems(root: unknown, limits: JsonLimits): readonly Problem[] {
  const problems: Problem[] = [];
  const open: Place[] = [{ value: root, depth: 0, key: '', parent: null }];
  let values = 1;
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const message = placeProblem(place, limits);
    if (message !== null) problems.push({ path: pathOf(place), message });
    if (isTooDeep(place, limits)) return problems;
    if (message !== null) continue;
    const keys = keysOf(place.value);
    values += keys.length;
    if (values > limits.values) {
      return [...problems, { path: '', message: `must have at most ${limits.values} values` }];
    }
    pushParts(open, place, keys);
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

function keysOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

/** The parts of a place, the first on top of the stack. */
function pushParts(open: Place[], parent: Place, keys: readonly string[]): void {
  const { value, depth } = parent;
  if (typeof value !== 'object' || value === null) return;
  for (const key of keys.toReversed()) {
    const part: unknown = Reflect.get(value, key);
    open.push({ value: part, depth: depth + 1, key, parent });
  }
}

function pathOf(place: Place): string {
  const tokens: string[] = [];
  for (let at: Place | null = place; at?.parent; at = at.parent) tokens.push(at.key);
  const shown = tokens.reverse().slice(0, SHOWN_TOKENS);
  return formatPointer(shown.map((token) => (token.length > 100 ? quoted(token) : token)));
}
