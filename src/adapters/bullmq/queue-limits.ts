import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { QueueLimits } from '#application/ports/queue-limits.ts';
import { answered } from '#adapters/bullmq/answered.ts';

/*
 * Limits as BullMQ's global concurrency: a field of the queue's meta hash that its scripts look at whenever a worker asks for a job.
 * A field of ours beside it says that a monitor has set it, so that it can be taken back when no monitor is left.
 */
const LIMIT = 'concurrency';
export const THROTTLED = 'throttled';

type Seen = { readonly limit: number | null; readonly isThrottled: boolean };

/** @param options.redis a producer connection: it must fail fast when Redis is away. The caller owns and closes it. */
export function createQueueLimits(options: {
  readonly redis: Redis;
  readonly queues: readonly Queue[];
}): QueueLimits {
  const { redis } = options;
  const byName = new Map(options.queues.map((queue) => [queue.name, queue]));

  function known<T>(limits: ReadonlyMap<string, T>): readonly (readonly [Queue, T])[] {
    return [...limits].flatMap(([name, limit]) => {
      const queue = byName.get(name);
      return queue === undefined ? [] : [[queue, limit] as const];
    });
  }

  /** Answers come in the order of the questions: they leave side by side, in one round trip. */
  async function look(queues: readonly Queue[]): Promise<readonly Seen[]> {
    const looks = queues.map((queue) => redis.hmget(queue.toKey('meta'), LIMIT, THROTTLED));
    return (await answered(Promise.all(looks))).map(([limit, throttled]) => ({
      limit: Number(limit ?? 0) > 0 ? Number(limit) : null,
      isThrottled: typeof throttled === 'string',
    }));
  }

  return {
    async apply(limits) {
      const wanted = known(limits);
      const seen = await look(wanted.map(([queue]) => queue));
      const changed = wanted.filter(([, limit], index) => seen[index]?.limit !== limit);
      const unmarked = wanted.filter(([, limit], index) => {
        return limit !== null && seen[index]?.limit === limit && !seen[index]?.isThrottled;
      });
      const writes = [...changed, ...unmarked].map(([queue, limit]) => {
        const meta = queue.toKey('meta');
        return limit === null
          ? redis.hdel(meta, LIMIT, THROTTLED)
          : redis.hset(meta, LIMIT, limit, THROTTLED, 1);
      });
      await answered(Promise.all(writes));
      return changed.map(([queue]) => queue.name);
    },
    async ensure(limits) {
      const writes = known(limits).map(([queue, limit]) =>
        redis.hsetnx(queue.toKey('meta'), LIMIT, limit),
      );
      await answered(Promise.all(writes));
    },
    async throttled() {
      const queues = [...byName.values()];
      const seen = await look(queues);
      return new Map(
        queues.flatMap((queue, index) => {
          const { limit = null, isThrottled = false } = seen[index] ?? {};
          return isThrottled && limit !== null ? [[queue.name, limit] as const] : [];
        }),
      );
    },
    async settle(limits) {
      const writes = known(limits).map(async ([queue, limit]) => {
        const meta = queue.toKey('meta');
        if (limit === null) await redis.hdel(meta, LIMIT, THROTTLED);
        else await redis.multi().hset(meta, LIMIT, limit).hdel(meta, THROTTLED).exec();
      });
      await answered(Promise.all(writes));
    },
  };
}
