import { z } from 'zod';

/** The five services of the measured workflow, one step each, one queue each. */
export const SERVICES = ['orders', 'inventory', 'picking', 'packing', 'shipping'] as const;

/** What a contestant is asked to do; handed over as JSON in argv. */
export const taskSchema = z.strictObject({
  redisUrl: z.string(),
  stubUrl: z.string(),
  /** A folder of its own, for the store's file. */
  folder: z.string(),
  /** sqlite, or a STORE_URL; raw BullMQ keeps no state. */
  store: z.string(),
  /**
   * throughput: start all as fast as they are taken, end when the last is done.
   * latency: start at `perSecond`, measure each from its start to its end.
   * waiting: only add them, nobody runs them; the driver reads the memory of Redis.
   * backlog: all wait at priority LOW, then the workers start, then HIGH ones come, one at a time.
   * soak: like latency, and memory is reported every minute.
   */
  mode: z.enum(['throughput', 'latency', 'waiting', 'backlog', 'soak']),
  /** Starts wait for the releaser, which runs in the same process. */
  waveless: z.boolean().optional(),
  workflows: z.int().min(1),
  /** Workflows that run before the clock starts, as fast as they are taken: what is measured is not how code gets warm. */
  warmUp: z.int().min(0).optional(),
  perSecond: z.number().positive(),
  /** Finished workflows that are in the store before the clock starts. */
  stored: z.int().min(0),
});
export type Task = z.output<typeof taskSchema>;

export const resultSchema = z.strictObject({
  /** From the first start to the last end. */
  wallMs: z.number(),
  /** User and system time of the contestant's process between the two. */
  cpuMs: z.number(),
  rssBytes: z.number(),
  /** Start to end of each workflow in mode latency; start to first call of each HIGH one in mode backlog. */
  latenciesMs: z.array(z.number()),
  /** One entry a minute in mode soak. */
  memory: z.array(z.strictObject({ rssBytes: z.number(), heapBytes: z.number() })),
});
export type Result = z.output<typeof resultSchema>;

/** The task from argv, as the driver passes it. */
export function taskFromArgv(): Task {
  return taskSchema.parse(JSON.parse(process.argv[2] ?? 'null'));
}

/** Prints the result as the last line and ends the process. */
export function finish(result: Result): never {
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit(0);
}
