import { readFileSync } from 'node:fs';

/** How often a saboteur looks at a file that may have changed. */
export const LOOK_EVERY_MS = 20;

/** The number in a file; null: there is no such file. */
export function readNumber(file: string): number | null {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
