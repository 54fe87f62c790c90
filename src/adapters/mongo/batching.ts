import { setImmediate as nextTurn } from 'node:timers/promises';

/** One batch, for metrics. */
export type BatchReport = {
  /** Commits that it gathered. */
  readonly size: number;
  readonly durationMs: number;
  /** false: the store was unavailable, nothing of it was acknowledged. */
  readonly answered: boolean;
};

/** Commits of the usual size make some 250 KB of this: a command that neither side chokes on. */
const MAX_SIZE = 256;

type Waiting<Item, Answer> = {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Gathers what is asked for while a batch is under way into the next one: a busy process makes one round trip for many.
 *
 * `waiting` holds what no batch has taken yet; the function that is returned puts in, `drain` takes out. There is one drain
 * at a time: it waits for the turn of the event loop to end, takes a batch, has it done, and goes on until nothing waits.
 *
 * B1. A batch is begun only when the one before it has its answers.
 * B2. Each item gets the answer at its place. When `work` rejects, all items of that batch are rejected, and the next batch
 *     is tried.
 * A crash leaves what the server has; what had no answer was never acknowledged.
 *
 * @param work gives an answer for each item, in their order
 * @param onBatch must not throw
 */
export function createBatching<Item, Answer>(
  work: (items: readonly Item[]) => Promise<readonly Answer[]>,
  onBatch: (report: BatchReport) => void = () => {},
): (item: Item) => Promise<Answer> {
  const waiting: Waiting<Item, Answer>[] = [];
  let draining = false;

  async function drain(): Promise<void> {
    draining = true;
    while (waiting.length > 0) {
      await nextTurn();
      await answer(waiting.splice(0, MAX_SIZE));
    }
    draining = false;
  }

  async function answer(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    const startedAt = performance.now();
    const report = (answered: boolean) =>
      onBatch({ size: batch.length, durationMs: performance.now() - startedAt, answered });
    try {
      const answers = await work(batch.map(({ item }) => item));
      report(true);
      answers.forEach((one, index) => batch[index]?.resolve(one));
    } catch (error) {
      report(false);
      for (const { reject } of batch) reject(error);
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!draining) void drain();
    });
}
