/**
 * Of the requests with one key each waits for the one before it; those with different keys do not know of each other.
 * (The engine has its like for commands, which the simulator, other people's services, may not use.)
 */
export type Turns = {
  readonly inTurn: <T>(key: string, work: () => Promise<T>) => Promise<T>;
};

export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    inTurn: async (key, work) => {
      const before = last.get(key);
      const own = before === undefined ? work() : before.then(work, work);
      last.set(key, own);
      try {
        return await own;
      } finally {
        if (last.get(key) === own) last.delete(key);
      }
    },
  };
}
