import type { Queue } from 'bullmq';
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { QueueSetting, QueueSettingsBoard } from '#application/ports/queue-settings.ts';
import { answered } from '#adapters/bullmq/answered.ts';
import { THROTTLED } from '#adapters/bullmq/queue-limits.ts';

/*
 * Who owns what: the key `<prefix>:known` is there exactly as long as Redis has not been wiped since `acknowledge`. It has no TTL, so
 * only FLUSHALL, FLUSHDB, a lost disk or another server can take it away (or an eviction policy, which we warn of). While settings are
 * being restored it says so, and only where it still does can they be acknowledged: a Redis that was wiped once more in between is
 * never taken for known, nor the settings that it lost for removed.
 */

/** The key while settings are being restored; who dies over it leaves a Redis that counts as wiped. */
const RESTORING = 'restoring';

/** @param options.redis a producer connection: it must fail fast when Redis is away. The caller owns and closes it. */
export function createQueueSettingsBoard(options: {
  readonly redis: Redis;
  readonly prefix: string;
  readonly queues: readonly Queue[];
}): QueueSettingsBoard {
  const { redis, prefix, queues } = options;
  const known = `${prefix}:known`;
  const byName = new Map(queues.map((queue) => [queue.name, queue]));
  return {
    async look() {
      const question = redis.multi().get(known);
      for (const queue of queues)
        question.hmget(queue.toKey('meta'), 'paused', 'concurrency', THROTTLED);
      const [first, ...answers] = (await answered(question.exec())) ?? [];
      const settings = queues.flatMap((queue, index) => {
        const setting = toSetting(answers[index]?.[1]);
        return setting === null ? [] : [[queue.name, setting] as const];
      });
      const mark = first?.[1] ?? null;
      return {
        wiped: mark === null || mark === RESTORING,
        settings: Object.fromEntries(settings),
      };
    },
    async restore(settings) {
      await answered(redis.set(known, RESTORING));
      const changes = Object.entries(settings).map(async ([name, { paused, concurrency }]) => {
        const queue = byName.get(name);
        if (paused) await queue?.pause();
        if (concurrency !== null) await queue?.setGlobalConcurrency(concurrency);
      });
      await answered(Promise.all(changes));
    },
    async acknowledge() {
      return (await answered(redis.set(known, randomUUID(), 'XX'))) !== null;
    },
  };
}

/** null: nothing is set. A limit of the monitor's is of the moment: noted, it would come back after a wipe and stay. */
function toSetting(fields: unknown): QueueSetting | null {
  const [paused, concurrency, throttled] = Array.isArray(fields)
    ? (fields as readonly unknown[])
    : [];
  const limit = typeof throttled === 'string' ? 0 : Number(concurrency ?? 0);
  const setting = { paused: typeof paused === 'string', concurrency: limit > 0 ? limit : null };
  return setting.paused || setting.concurrency !== null ? setting : null;
}
