import pRetry from 'p-retry';
import { isBusy } from '#adapters/sqlite/sqlite-errors.ts';

/** Runs a synchronous piece of SQLite work, again while another process holds the lock. */
export type BusyRetry = <T>(attempt: (attemptNumber: number) => T) => Promise<T>;

/**
 * SQLite keeps no queue for its write lock: whoever asks at a free moment has it. Among busy processes many short, evenly
 * scattered tries are what gets one its turn; a growing back-off would only make the unlucky one unluckier.
 */
const MIN_PAUSE_MS = 10;

/**
 * Tries again after 10..20 ms (jittered) for as long as the store is busy; the event loop is free in between.
 * @param limitMs time after which the busy error is let through
 */
export function createBusyRetry(limitMs: number): BusyRetry {
  const options = {
    retries: Infinity,
    maxRetryTime: limitMs,
    minTimeout: MIN_PAUSE_MS,
    factor: 1,
    randomize: true,
    shouldRetry: ({ error }: { error: Error }) => isBusy(error),
  };
  return async (attempt) => {
    try {
      // nearly all need no more than this, and the ways of retrying cost as much as a short query
      return attempt(1);
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
    return await pRetry((attemptNumber) => attempt(attemptNumber + 1), options);
  };
}
