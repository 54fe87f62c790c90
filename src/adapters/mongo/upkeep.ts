import { setTimeout as delay } from 'node:timers/promises';
import type { Gate } from '#adapters/mongo/gate.ts';

/** Work that nobody waits for, done once in a while after it was asked for. */
export type Upkeep = {
  /** Asks for it; asking again before it is done changes nothing. */
  soon(): void;
  /** What was asked for and is not begun is left undone. */
  stop(): void;
};

/**
 * @param waitMs it is begun 0.5 to 1.5 times this long after it was asked for: the processes of an engine don't all begin at once
 * @param work its failures are let go: whoever needs the work done does it himself, and learns then why it can't be
 */
export function createUpkeep(gate: Gate, waitMs: number, work: () => Promise<unknown>): Upkeep {
  const stopped = new AbortController();
  let asked = false;

  async function wait(): Promise<void> {
    try {
      await delay(waitMs * (0.5 + Math.random()), undefined, {
        signal: stopped.signal,
        ref: false,
      });
      asked = false;
      await gate.pass(work);
    } catch {
      asked = false;
    }
  }

  return {
    soon() {
      if (asked || stopped.signal.aborted) return;
      asked = true;
      void wait();
    },
    stop: () => stopped.abort(),
  };
}
