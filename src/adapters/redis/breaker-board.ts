import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { BreakerBoard } from '#application/ports/breaker-board.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { BreakerStatus } from '#application/ports/service-caller.ts';

/*
 * Who owns what: the hash `<prefix>:breakers` holds, for each breaker that is not closed, a field of the process it belongs to.
 *
 * 1. A process writes and removes its own fields only.
 * 2. A process that dies, or calls a service no more, leaves its fields behind: a field counts for STALE_MS after the time at
 *    which its breaker may close, and whoever reads it later removes it.
 * 3. Nothing hangs on the board: it can be wiped, and Redis can be away.
 */

/** An open breaker becomes half-open only by the next call, so its report stays true somewhat longer than its time. */
const STALE_MS = 30_000;

const statusSchema = z.object({
  serviceName: z.string(),
  state: z.enum(['open', 'half-open']),
  since: z.number(),
  openUntil: z.number().nullable(),
});

/** @param options.redis a producer connection: it must fail fast when Redis is away. The caller owns and closes it. */
export function createBreakerBoard(options: {
  readonly redis: Redis;
  readonly prefix: string;
  readonly clock: Clock;
}): BreakerBoard {
  const { redis, prefix, clock } = options;
  const key = `${prefix}:breakers`;
  const owner = randomUUID();
  return {
    async report(status) {
      const field = `${status.serviceName} ${owner}`;
      try {
        if (status.state === 'closed') await redis.hdel(key, field);
        else await redis.hset(key, field, JSON.stringify(status));
      } catch {
        // Redis is away: the connection logs that
      }
    },
    async read() {
      try {
        const fields = Object.entries(await redis.hgetall(key));
        const known = fields.map(([field, text]) => ({ field, status: parseStatus(text) }));
        const stale = known.filter(({ status }) => status === null || isStale(status, clock.now()));
        if (stale.length > 0) await redis.hdel(key, ...stale.map(({ field }) => field));
        return known.flatMap((entry) =>
          entry.status === null || stale.includes(entry) ? [] : [entry.status],
        );
      } catch {
        return []; // Redis is away, and health says so
      }
    },
  };
}

function isStale({ since, openUntil }: BreakerStatus, now: number): boolean {
  return now > (openUntil ?? since) + STALE_MS;
}

/** null: none of ours. */
function parseStatus(text: string): BreakerStatus | null {
  try {
    return statusSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
