import { join } from 'node:path';
import { LOOK_EVERY_MS, readNumber } from './read-number.ts';

/** Moves the wall clock of all that is in this process, libraries too. (Timers of node go by the monotonic clock, as they should.) */
export function armClock(folder: string): void {
  const file = join(folder, 'clock-offset-ms');
  const trueNow = Date.now;
  let offsetMs = readNumber(file) ?? 0;
  setInterval(() => (offsetMs = readNumber(file) ?? 0), LOOK_EVERY_MS).unref();
  Date.now = () => trueNow() + offsetMs;
}
