import type { Json } from '#domain/json.ts';

/** A value still to be written, or text that follows those values. */
type Pending = { readonly value: Json } | { readonly text: string };

/**
 * JSON text that is the same for equal values: keys sorted by code units, no blanks. For comparing what was authored with what
 * is stored, and for fingerprints of requests. Keeps its own stack, so that no depth of the value can exhaust the call stack.
 */
export function canonicalJson(root: Json): string {
  let text = '';
  const pending: Pending[] = [{ value: root }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if ('text' in next) text += next.text;
    else if (typeof next.value !== 'object' || next.value === null) {
      text += JSON.stringify(next.value);
    } else {
      for (const part of partsOf(next.value).reverse()) pending.push(part);
    }
  }
  return text;
}

function partsOf(value: readonly Json[] | { readonly [key: string]: Json }): Pending[] {
  const isList = Array.isArray(value);
  const entries = Object.entries<Json>(value);
  if (!isList) entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const parts: Pending[] = [{ text: isList ? '[' : '{' }];
  for (const [index, [key, part]] of entries.entries()) {
    const separator = index === 0 ? '' : ',';
    parts.push({ text: isList ? separator : `${separator}${JSON.stringify(key)}:` });
    parts.push({ value: part });
  }
  parts.push({ text: isList ? ']' : '}' });
  return parts;
}
