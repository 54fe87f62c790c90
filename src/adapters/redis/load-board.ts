import type { Redis } from 'ioredis';
import { fencedWrite } from '#adapters/redis/fenced-write.ts';
import type { z } from 'zod';
import type { Clock } from '#application/ports/clock.ts';
import {
  HEARTBEAT_STALE_MS,
  REQUEST_STALE_MS,
  type LoadBoard,
} from '#application/ports/load-board.ts';
import {
  heartbeatSchema,
  loadViewSchema,
  requestSchema,
} from '#adapters/redis/load-board-schema.ts';

/*
 * Who owns what: the hash `<prefix>:heartbeats` holds a field per process, `<prefix>:load` the monitor's latest view,
 * `<prefix>:load:fence` the number of the leader that wrote it.
 *
 * 1. A process writes and removes its own field only; fields of the dead are removed by whoever reads them.
 * 2. Only the monitor that leads publishes. Of two that both believe so the earlier is refused.
 * 3. `<prefix>:rebalance-requests` is a list; taking it empties it, in one transaction.
 * 4. Nothing hangs on the board: it can be wiped, and Redis can be away.
 */

/** Looked at in one go; more in a second are nobody's honest wish. */
const MOST_REQUESTS = 100;

/** @param options.redis a producer connection: it must fail fast when Redis is away. The caller owns and closes it. */
export function createLoadBoard(options: {
  readonly redis: Redis;
  readonly prefix: string;
  readonly clock: Clock;
}): LoadBoard {
  const { redis, prefix, clock } = options;
  const heartbeatsKey = `${prefix}:heartbeats`;
  const viewKeys = { key: `${prefix}:load`, fenceKey: `${prefix}:load:fence` };
  const requestsKey = `${prefix}:rebalance-requests`;
  const known = new Set<string>();
  return {
    async beat(heartbeat) {
      const text = JSON.stringify(heartbeat);
      const added = await unlessAway(redis.hset(heartbeatsKey, heartbeat.processId, text));
      if (added === null) return 'away';
      const wiped = added > 0 && known.has(heartbeat.processId);
      known.add(heartbeat.processId);
      return wiped ? 'wiped' : 'heard';
    },
    async heartbeats() {
      const now = clock.now();
      const fields = Object.entries((await unlessAway(redis.hgetall(heartbeatsKey))) ?? {});
      const read = fields.map(([field, text]) => ({ field, beat: parsed(text, heartbeatSchema) }));
      const alive = read.filter(
        ({ beat }) => beat !== null && Math.abs(now - beat.at) <= HEARTBEAT_STALE_MS,
      );
      const gone = read.filter((entry) => !alive.includes(entry)).map(({ field }) => field);
      if (gone.length > 0) await unlessAway(redis.hdel(heartbeatsKey, ...gone));
      return alive
        .flatMap(({ beat }) => beat ?? [])
        .sort((a, b) => (a.processId < b.processId ? -1 : 1));
    },
    async leave(processId) {
      await unlessAway(redis.hdel(heartbeatsKey, processId));
    },
    async publish(view, fence) {
      const write = fencedWrite(redis, viewKeys, fence, ['SET', JSON.stringify(view)]);
      return (await unlessAway(write)) ?? true;
    },
    async request(request) {
      return (await unlessAway(redis.rpush(requestsKey, JSON.stringify(request)))) !== null;
    },
    async takeRequests() {
      const taking = redis.multi().lrange(requestsKey, 0, MOST_REQUESTS).del(requestsKey).exec();
      const texts = (await unlessAway(taking))?.[0]?.[1];
      if (!Array.isArray(texts)) return [];
      return texts
        .flatMap((text: unknown) => parsed(String(text), requestSchema) ?? [])
        .filter(({ at }) => clock.now() - at <= REQUEST_STALE_MS);
    },
    async view() {
      const text = await unlessAway(redis.get(viewKeys.key));
      return text === null ? null : parsed(text, loadViewSchema);
    },
  };
}

/** null: Redis is away; its connection logs that. */
async function unlessAway<T>(command: Promise<T>): Promise<T | null> {
  try {
    return await command;
  } catch {
    return null;
  }
}

/** null: none of ours. */
function parsed<T>(text: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
