import { StoreUnavailableError } from '#application/ports/errors.ts';

/** Does work, and gives up waiting for it after a time. */
export type Bounded = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * The driver bounds every wait of its own but one: a command that is written in the very moment in which its connection
 * closes waits for ever (mongodb 7.8: for 'drain' on a socket that is destroyed already). Work that is given up may have been
 * done all the same; nobody is told that it was.
 * @param limitMs longer than the driver takes for a command and its one repetition
 */
export function createBounded(limitMs: number): Bounded {
  return async (work) => {
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    const giveUp = () =>
      reject(new StoreUnavailableError(`the MongoDB store gave no answer in ${limitMs} ms`));
    const timer = setTimeout(giveUp, limitMs);
    try {
      return await Promise.race([work(), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  };
}
