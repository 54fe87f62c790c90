/** Lanes worked on at once: enough to share group commits, few enough for the store. */
const WIDTH = 32;

/**
 * Works through tasks: those of one lane in their order, lanes beside one another, oldest first.
 * @param work says whether the task is done; after one that is not, its lane goes no further
 * @returns how many tasks, counted from the first, are done
 */
export async function inLanes<Task>(
  tasks: readonly Task[],
  laneOf: (task: Task) => string,
  work: (task: Task) => Promise<boolean>,
  signal: AbortSignal,
): Promise<number> {
  const done = new Set<Task>();
  const waiting = [...Map.groupBy(tasks, laneOf).values()].values();

  async function drive(): Promise<void> {
    // One iterator for all drivers: each takes the next lane that nobody has begun.
    for (const lane of waiting) {
      for (const task of lane) {
        if (signal.aborted || !(await work(task))) break;
        done.add(task);
      }
      if (signal.aborted) return;
    }
  }

  await Promise.all(Array.from({ length: WIDTH }, drive));
  const first = tasks.findIndex((task) => !done.has(task));
  return first === -1 ? tasks.length : first;
}
