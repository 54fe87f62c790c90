import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { QueueLimits } from '#application/ports/queue-limits.ts';
import { answered } from '#adapters/bullmq/answered.ts';

/*
 * Limits as BullMQ's global concurrency: a field of the queue's meta hash that its scripts look at whenever a worker asks for a job.
 * Fields of ours beside it say that a monitor has set it, so that it can be taken back when no monitor is left, and by which lease:
 * a monitor that was frozen and goes on beside its successor is refused (ADR 19).
 */
const LIMIT = 'concurrency';
export const THROTTLED = 'throttled';
const FENCE = 'throttledBy';

/** KEYS: the meta hash; ARGV: the fence, the limit or nothing for none. */
const THROTTLE = `
if tonumber(ARGV[1]) < tonumber(redis.call('HGET', KEYS[1], '${FENCE}') or '0') then
  return 0
end
redis.call('HSET', KEYS[1], '${FENCE}', ARGV[1])
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[1], '${LIMIT}', '${THROTTLED}')
else
  redis.call('HSET', KEYS[1], '${LIMIT}', ARGV[2], '${THROTTLED}', 1)
end
return 1`;

type Seen = {
  readonly limit: number | null;
  readonly isThrottled: boolean;
  /** 0: no monitor has ever set it. */
  readonly fence: number;
};

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
    const looks = queues.map((queue) => redis.hmget(queue.toKey('meta'), LIMIT, THROTTLED, FENCE));
    return (await answered(Promise.all(looks))).map(([limit, throttled, fence]) => ({
      limit: Number(limit ?? 0) > 0 ? Number(limit) : null,
      isThrottled: typeof throttled === 'string',
      fence: Number(fence ?? 0),
    }));
  }

  return {
    async apply(limits, fence) {
      const wanted = known(limits);
      const seen = await look(wanted.map(([queue]) => queue));
      const writes = wanted.map(async ([queue, limit], index) => {
        const { limit: before = null, isThrottled = false, fence: by = 0 } = seen[index] ?? {};
        const isMarked = isThrottled === (limit !== null) && by === (fence ?? by);
        if (before === limit && isMarked) return [];
        const written = await redis.eval(
          THROTTLE,
          1,
          queue.toKey('meta'),
          fence ?? by,
          limit ?? '',
        );
        return written === 1 && before !== limit ? [queue.name] : [];
      });
      return (await answered(Promise.all(writes))).flat();
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
