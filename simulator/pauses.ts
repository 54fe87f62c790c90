/** Waiting that ends with its owner: a simulator that closes leaves no timer behind. */
export type Pauses = {
  /** Resolves after `ms`; never, once cancelled. */
  readonly pause: (ms: number) => Promise<void>;
  readonly cancelAll: () => void;
};

export function createPauses(): Pauses {
  const timers = new Set<NodeJS.Timeout>();
  return {
    pause: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => {
          timers.delete(timer);
          resolve();
        }, ms);
        timers.add(timer);
      }),
    cancelAll: () => {
      timers.forEach(clearTimeout);
      timers.clear();
    },
  };
}
