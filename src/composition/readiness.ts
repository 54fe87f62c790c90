import { pause } from '#composition/pause.ts';

/** Without Redis a process comes up all the same, and does its work when Redis is back. */
const PATIENCE_MS = 2000;

/** Waits for what should be done before a process says that it is up, but not for ever; what fails is the business of whoever began it. */
export async function withinPatience(preparations: readonly Promise<unknown>[]): Promise<void> {
  const over = new AbortController();
  await Promise.race([Promise.allSettled(preparations), pause(PATIENCE_MS, over.signal)]);
  over.abort();
}
