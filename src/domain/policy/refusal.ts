/** A figure that no rule can be applied to; told as a value, with what is wrong. */
export type Refusal = { readonly kind: 'refused'; readonly reason: string };

export function refuse(reason: string): Refusal {
  return { kind: 'refused', reason };
}

/** @returns what is wrong with a figure that should lie within min..max (both included), null when nothing is */
export function faultOf(name: string, value: number, min: number, max: number): string | null {
  if (Number.isFinite(value) && value >= min && value <= max) return null;
  const range = max === Infinity ? `at least ${min}` : `${min}..${max}`;
  return `${name} must be a number, ${range}, and is ${value}`;
}
