/** Runs work under a key as soon as all work under it that was asked for before has ended, however it ended. */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Turns by key, first come, first served; work under different keys does not wait for each other. */
export function createTurns(): InTurn {
  /** By key, the end of the work asked for last; only keys with work under way are kept. */
  const ends = new Map<string, Promise<void>>();

  return async (key, work) => {
    const before = ends.get(key);
    const { promise: end, resolve } = Promise.withResolvers<void>();
    ends.set(key, end);
    try {
      if (before !== undefined) await before;
      return await work();
    } finally {
      if (ends.get(key) === end) ends.delete(key);
      resolve();
    }
  };
}
