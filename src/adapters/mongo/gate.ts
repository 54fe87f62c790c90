import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { Bounded } from '#adapters/mongo/bounded.ts';
import { asStoreError } from '#adapters/mongo/mongo-errors.ts';

/** The one way into the store: nothing enters after it is closed, and closing waits for what is within. */
export type Gate = {
  /** Rejects with the errors of the ports. */
  pass<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is within any more. */
  close(): Promise<void>;
};

/** @param bounded so that closing ends, whatever becomes of what is within */
export function createGate(bounded: Bounded): Gate {
  const within = new Set<Promise<unknown>>();
  let closed = false;

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await bounded(work);
    } catch (error) {
      throw asStoreError(error);
    }
  }

  return {
    pass(work) {
      if (closed) return Promise.reject(new StoreUnavailableError('the MongoDB store is closed'));
      const passing = guarded(work);
      within.add(passing);
      const leave = () => within.delete(passing);
      passing.then(leave, leave);
      return passing;
    },
    async close() {
      closed = true;
      await Promise.allSettled(within);
    },
  };
}
