import type { Clock, SteadyClock } from '#application/ports/clock.ts';
import { CLOCK_TOLERANCE_MS } from '#domain/workflow/timing.ts';

/** How long after a clock was put back there may still come in what others were just writing by it. */
const AFTERMATH_MS = 5000;

/** Who has not looked for so long may have missed it. */
const UNWATCHED_MS = 5000;

/**
 * Notices that the clock on the wall was put back, by the clock that nobody sets.
 * @returns to be asked again and again: may there be something now that was written by a later clock? Yes in the beginning and after
 *   a pause, for nobody knows what was before.
 */
export function clockWatch(clock: Clock & SteadyClock): () => boolean {
  /** By how much the one was ahead of the other, at most, since the last time that it was put back. */
  let most = -Infinity;
  let askedAt = -Infinity;
  let suspectUntil = -Infinity;
  return () => {
    const elapsed = clock.elapsed();
    const ahead = clock.now() - elapsed;
    if (ahead < most - CLOCK_TOLERANCE_MS || elapsed > askedAt + UNWATCHED_MS) {
      most = ahead;
      suspectUntil = elapsed + AFTERMATH_MS;
    }
    most = Math.max(most, ahead);
    askedAt = elapsed;
    return elapsed <= suspectUntil;
  };
}
