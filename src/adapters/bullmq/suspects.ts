import type { Job } from 'bullmq';
import { isDeepStrictEqual } from 'node:util';

/*
 * Which of the jobs that were in hand when a worker died killed it, nobody can tell (ADR 21). They come back together, and run
 * together again they would all be given up in the end: so they part.
 */

/** From this many deaths on each rests a while first, for a random time, once after each death. */
const SUSPECT_STALLS = 2;
export const SUSPECT_REST_MS = 3000;

/**
 * Chance may bring them together once more. From this many deaths on a worker has no two of them in hand: whoever of them is not the
 * one that kills is not there when it does.
 */
const GRAVE_STALLS = 3;
/** The longest that one of those rests before it asks for its turn again. */
export const GRAVE_REST_MS = 500;

/** Has it to rest before it is run? */
export function mustRest(job: Job): boolean {
  return job.stalledCounter >= SUSPECT_STALLS && !isDeepStrictEqual(job.progress, restAfter(job));
}

/** Kept with the job, in the only field of it that is free for us: whichever worker takes it next must know that it has rested. */
export function restAfter({ stalledCounter }: Job) {
  return { restedAfterStalls: stalledCounter };
}

/** Has it to be the only one of its kind that a worker has in hand? */
export function isGrave({ stalledCounter }: Job): boolean {
  return stalledCounter >= GRAVE_STALLS;
}
