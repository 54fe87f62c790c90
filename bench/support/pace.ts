import type { Task } from '#bench/support/task.ts';

/** Starts under way at a time when they are not paced: what a few API processes would send. */
const AT_ONCE = 50;

/** Runs `start` for each workflow: as fast as it is taken, or paced in the modes that measure a steady load. */
export async function startAll(
  task: Pick<Task, 'mode' | 'workflows' | 'perSecond'>,
  start: (index: number) => Promise<void>,
): Promise<void> {
  if (task.mode === 'latency' || task.mode === 'soak') return await startPaced(task, start);
  let next = 0;
  const lane = async () => {
    while (next < task.workflows) {
      next += 1;
      await start(next - 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** Open loop: a slow contestant is not given time to catch up. */
async function startPaced(
  task: Pick<Task, 'workflows' | 'perSecond'>,
  start: (index: number) => Promise<void>,
): Promise<void> {
  const begun = performance.now();
  const { promise: allTaken, resolve: taken, reject } = Promise.withResolvers<void>();
  // counted, not collected: a soak of an hour must not measure the memory of its own promises
  let waiting = task.workflows;
  for (let index = 0; index < task.workflows; index += 1) {
    const earlyMs = begun + (index * 1000) / task.perSecond - performance.now();
    if (earlyMs > 0) await new Promise((resolve) => setTimeout(resolve, earlyMs));
    start(index).then(() => {
      waiting -= 1;
      if (waiting === 0) taken();
    }, reject);
  }
  await allTaken;
}
