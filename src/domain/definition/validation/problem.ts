/** What is wrong with a definition, and where: `path` is a JSON Pointer into the authored JSON, '' for the whole. */
export type Problem = { readonly path: string; readonly message: string };

/** A problem unless the number is within the bounds; both ends are allowed. */
export function outOfRange(
  value: number,
  minimum: number,
  maximum: number,
  path: string,
): readonly Problem[] {
  if (value >= minimum && value <= maximum) return [];
  return [{ path, message: `must be between ${minimum} and ${maximum}, is ${value}` }];
}

/** An authored text as messages show it: in quotes, and never at a length that would drown the message. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
