import { z } from 'zod';

/** The five services of the measured workflow, one step each, one queue each. */
export const SERVICES = ['orders', 'inventory', 'picking', 'packing', 'shipping'] as const;

/** What a contestant is asked to do; handed over as JSON in argv. */
export const taskSchema = z.strictObject({
  redisUrl: z.string(),
  stubUrl: z.string(),
  /** Where the engine keeps its state; raw BullMQ has none. */
  storeUrl: z.string(),
  /**
   * throughput: start all as fast as they are taken, end when the last is done.
   * latency: start at `perSecond`, measure each from its start to its end.
   * waiting: only add them, nobody runs them; the caller reads the memory of Redis.
   */
  mode: z.enum(['throughput', 'latency', 'waiting']),
  workflows: z.int().min(1),
  perSecond: z.number().positive(),
});
export type Task = z.output<typeof taskSchema>;

export const resultSchema = z.strictObject({
  /** From the first start to the last end. */
  wallMs: z.number(),
  /** User and system time of the contestant's process between the two. */
  cpuMs: z.number(),
  rssBytes: z.number(),
  /** Start to end of each workflow; empty unless mode latency. */
  latenciesMs: z.array(z.number()),
});
export type Result = z.output<typeof resultSchema>;

/** The task from argv, as the driver passes it. */
export function taskFromArgv(): Task {
  return taskSchema.parse(JSON.parse(process.argv[2] ?? 'null'));
}

/** Runs `start` for each workflow: with at most `atOnce` under way, or paced when the mode is latency. */
export async function startAll(
  task: Task,
  atOnce: number,
  start: (index: number) => Promise<void>,
): Promise<void> {
  if (task.mode === 'latency') return await startPaced(task, start);
  let next = 0;
  const lane = async () => {
    while (next < task.workflows) {
      next += 1;
      await start(next - 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/** Open loop: a slow contestant is not given time to catch up. */
async function startPaced(task: Task, start: (index: number) => Promise<void>): Promise<void> {
  const begun = performance.now();
  const started: Promise<void>[] = [];
  for (let index = 0; index < task.workflows; index += 1) {
    const dueMs = begun + (index * 1000) / task.perSecond - performance.now();
    if (dueMs > 0) await new Promise((resolve) => setTimeout(resolve, dueMs));
    started.push(start(index));
  }
  await Promise.all(started);
}

/** Prints the result as the last line and ends the process. */
export function finish(result: Result): never {
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit(0);
}

/** Measures wall and CPU time from now on. */
export function stopwatch(): () => Pick<Result, 'wallMs' | 'cpuMs' | 'rssBytes'> {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return {
      wallMs: performance.now() - wall,
      cpuMs: (user + system) / 1000,
      rssBytes: process.memoryUsage.rss(),
    };
  };
}
