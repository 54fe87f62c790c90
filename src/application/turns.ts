/** Runs work under a key as soon as all work under it that was asked for before has ended, however it ended. */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Turns by key, first come, first served; work under different keys does not wait for each other. */
export function createTurns(): InTurn {
  /** By key, the work asked for last; only keys with work under way are kept. */
  const last = new Map<string, Promise<unknown>>();

  return async (key, work) => {
    const before = last.get(key);
    const turn = before === undefined ? work() : before.then(work, work);
    last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (last.get(key) === turn) last.delete(key);
    }
  };
}
