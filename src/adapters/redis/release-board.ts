import type { Redis } from 'ioredis';
import { fencedWrite } from '#adapters/redis/fenced-write.ts';
import { z } from 'zod';
import type { ReleaseBoard } from '#application/ports/release-board.ts';

/*
 * Who owns what: the hash `<prefix>:releases` holds a field per group of lanes, written by its releaser; on the channel
 * `<prefix>:release-bell` anybody tells that an order has begun to wait: an urgent one by the name of its lane, others by an empty
 * message.
 *
 * Nothing hangs on either: they can be wiped, and Redis can be away.
 */

/**
 * Rings within this time are one ring: a thousand starts need not be told one by one. An urgent one is told at once, those that
 * follow it for the same lane within this time together.
 */
const RING_MS = 10;

const classes = z.object({ HIGH: z.number(), NORMAL: z.number(), LOW: z.number() });

const viewSchema = z.object({
  group: z.number(),
  groups: z.number(),
  at: z.number(),
  batchSize: z.number(),
  intervalMs: z.number(),
  paused: z.object({ since: z.number(), score: z.number(), errorRate: z.number() }).nullable(),
  why: z.string(),
  holdHigh: z.boolean(),
  closed: z.array(
    z.object({
      serviceName: z.string(),
      why: z.string(),
      since: z.number(),
      until: z.number().nullable(),
    }),
  ),
  lanes: z.array(
    z.object({
      lane: z.string(),
      cap: z.number(),
      weight: z.number(),
      inFlight: z.number(),
      waiting: classes,
      oldestAt: z.number().nullable(),
      restsUntil: z.number().nullable(),
    }),
  ),
});

/** @param options.redis a producer connection: it must fail fast when Redis is away. The caller owns and closes it. */
export function createReleaseBoard(options: {
  readonly redis: Redis;
  readonly prefix: string;
}): ReleaseBoard {
  const { redis, prefix } = options;
  const key = `${prefix}:releases`;
  let ringing: Promise<void> | null = null;
  /** Lanes that were told lately, and whether there is something to tell since. */
  const told = new Map<string, { isNews: boolean }>();

  async function ringUrgent(lane: string): Promise<void> {
    const last = told.get(lane);
    if (last !== undefined) {
      last.isNews = true;
      return;
    }
    const now = { isNews: false };
    told.set(lane, now);
    await unlessAway(redis.publish(bellOf(prefix), lane));
    await pause(RING_MS);
    told.delete(lane);
    if (now.isNews) await ringUrgent(lane);
  }

  return {
    async publish(view, fence) {
      const keys = { key, fenceKey: `${key}:fence:${view.group}` };
      const set = ['HSET', String(view.group), JSON.stringify(view)] as const;
      return (await unlessAway(fencedWrite(redis, keys, fence, set))) ?? true;
    },
    async views() {
      const fields = await unlessAway(redis.hgetall(key));
      if (fields === null) return null;
      const views = Object.values(fields).flatMap((text) => parsed(text) ?? []);
      return views.toSorted((a, b) => a.group - b.group);
    },
    async ring(urgentLane) {
      if (urgentLane !== null) return await ringUrgent(urgentLane);
      ringing ??= pause(RING_MS).then(async () => {
        ringing = null;
        await unlessAway(redis.publish(bellOf(prefix), ''));
      });
      await ringing;
    },
  };
}

/**
 * Listens to the bell on a connection of its own, for as long as that lives.
 * @param subscriber a worker connection, which subscribes anew after an outage
 * @param onRing told the lane of an urgent order, null of others
 */
export async function hearReleaseBell(
  subscriber: Redis,
  prefix: string,
  onRing: (urgentLane: string | null) => void,
): Promise<void> {
  subscriber.on('message', (_channel, lane: string) => onRing(lane === '' ? null : lane));
  await subscriber.subscribe(bellOf(prefix));
}

function bellOf(prefix: string): string {
  return `${prefix}:release-bell`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
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
function parsed(text: string): z.output<typeof viewSchema> | null {
  try {
    return viewSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
