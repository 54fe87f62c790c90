import { quoted } from '#domain/definition/validation/problem.ts';

export type PlainPattern =
  | { readonly kind: 'plain'; readonly expression: RegExp }
  | { readonly kind: 'refused'; readonly why: string };

/** An atom (class in brackets, escape, or one character) with its quantifier. No groups, alternatives, or references. */
const PART =
  /(?:\[\^?(?:\\.|[^\\\]])+\]|\\[dDwWsS.\-\\/^$*+?()[\]{}|]|[^\\^$*+?()[\]{}|])(\*|\+|\?|\{\d{1,4}(?:,\d{0,4})?\})?/gy;

/** How many steps a match may take at one place of the text, and in all if only one place is tried. */
const MAX_WORK_PER_PLACE = 500;
const MAX_WORK_ONCE = 1_000_000;

/**
 * A regular expression that is sure to be quick on every text: backtracking over groups, or over two open repetitions, takes time
 * that grows faster than the text, and inputs come from outside. A sequence of atoms, and at most one of "not anchored by ^",
 * `*`, `+` and `{n,}`; what bounded repetitions multiply to is bounded too.
 */
export function plainPattern(source: string): PlainPattern {
  const anchored = source.startsWith('^');
  const body = source.slice(anchored ? 1 : 0).replace(/(?<!\\)\$$/, '');
  const parts = [...body.matchAll(PART)];
  if (parts.reduce((length, [part]) => length + part.length, 0) !== body.length) {
    return refused(`${quoted(source)} has more than plain characters, classes and repetitions`);
  }
  const ranges = parts.map(([, quantifier]) => rangeOf(quantifier));
  const open = ranges.filter(({ most }) => most === Infinity).length + (anchored ? 0 : 1);
  const maximum = open === 0 ? MAX_WORK_ONCE : MAX_WORK_PER_PLACE;
  if (open > 1 || workOf(ranges) > maximum) {
    return refused(`${quoted(source)} could take too long: begin with ^ and repeat less`);
  }
  try {
    return { kind: 'plain', expression: new RegExp(source, 'u') };
  } catch {
    return refused(`${quoted(source)} is not a regular expression`);
  }
}

type Range = { readonly least: number; readonly most: number };

function rangeOf(quantifier: string | undefined): Range {
  if (quantifier === undefined) return { least: 1, most: 1 };
  if (quantifier === '?') return { least: 0, most: 1 };
  if (quantifier === '*') return { least: 0, most: Infinity };
  if (quantifier === '+') return { least: 1, most: Infinity };
  const [least = '', most = least] = quantifier.slice(1, -1).split(',');
  return { least: Number(least), most: most === '' ? Infinity : Number(most) };
}

/** The ways in which the bounded repetitions can share a text, times the length of the longest of them. */
function workOf(ranges: readonly Range[]): number {
  let ways = 1;
  let length = 0;
  for (const { least, most } of ranges) {
    ways *= most === Infinity ? 1 : most - least + 1;
    length += most === Infinity ? least : most;
  }
  return ways * length;
}

function refused(why: string): PlainPattern {
  return { kind: 'refused', why };
}
