import { hash } from 'node:crypto';

const DRAW_BYTES = 4;
const DRAW_RANGE = 2 ** 32;

/**
 * A stream of numbers in [0, 1), the same for the same text on every machine: SHA-256 in counter mode, eight draws a block.
 * Faults, latencies and orders all draw from streams named after what they decide, so that none shifts another.
 */
export function randomFrom(text: string): () => number {
  let block = Buffer.alloc(0);
  let blocks = 0;
  let offset = 0;
  return () => {
    if (offset === block.length) {
      block = hash('sha256', `${text}#${blocks}`, 'buffer');
      blocks += 1;
      offset = 0;
    }
    const drawn = block.readUInt32BE(offset) / DRAW_RANGE;
    offset += DRAW_BYTES;
    return drawn;
  };
}

/** Twelve upper-case hex digits (48 bits), the same for the same text: identifiers such as a wave's. */
export function tokenOf(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 12).toUpperCase();
}

/** A whole number from `low` to `high`, both included, by one draw. */
export function between(random: () => number, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

export type Weighted<T> = readonly [value: T, weight: number];

/** One of the values, by weight, by one draw. */
export function pickWeighted<T>(
  random: () => number,
  choices: readonly [Weighted<T>, ...Weighted<T>[]],
): T {
  let rest = random() * choices.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of choices) {
    rest -= weight;
    if (rest < 0) return value;
  }
  return choices[0][0];
}
