import type { Redis } from 'ioredis';
import { z } from 'zod';
import { breakerStatus } from '#application/breaker-status.ts';
import type { BreakerBoard, BreakerRegister } from '#application/ports/breaker-board.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { BreakerState } from '#domain/policy/circuit-breaker.ts';

/*
 * Who owns what: the hash `<prefix>:breakers` holds a field per service whose breaker ever opened.
 *
 * 1. A field changes only by REPLACE, which compares it with what the writer has seen: of two processes that move one breaker at
 *    the same time one is told what the other did.
 * 2. What is none of ours is removed by whoever reads it, and counts as absent.
 * 3. Redis can be wiped: each process writes what it knows a heartbeat later (`ServiceBreaker`).
 */

const REPLACE = `
local current = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if current ~= ARGV[2] then
  return current
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return nil`;

const base = { generation: z.int().min(0), since: z.number().min(0) };
const stateSchema = z.discriminatedUnion('kind', [
  z.object({ ...base, kind: z.literal('closed') }),
  z.object({ ...base, kind: z.literal('open'), until: z.number().min(0), reason: z.string() }),
  z.object({
    ...base,
    kind: z.literal('half-open'),
    probes: z.array(z.object({ number: z.int(), begunAt: z.number() })).max(1000),
    succeeded: z.int().min(0),
    nextProbe: z.int().min(0),
  }),
]);

/** @param options.redis a producer connection: it must fail fast when Redis is away. The caller owns and closes it. */
export function createBreakerRegister(options: {
  readonly redis: Redis;
  readonly prefix: string;
  readonly clock: Clock;
}): BreakerRegister & BreakerBoard {
  const { redis, prefix, clock } = options;
  const key = `${prefix}:breakers`;

  async function readAll(): Promise<ReadonlyMap<string, BreakerState> | null> {
    try {
      const fields = Object.entries(await redis.hgetall(key));
      const states = fields.map(([name, text]) => [name, decoded(text)] as const);
      const strange = states.flatMap(([name, state]) => (state === null ? [name] : []));
      if (strange.length > 0) await redis.hdel(key, ...strange);
      return new Map(
        states.flatMap(([name, state]) => (state === null ? [] : [[name, state] as const])),
      );
    } catch {
      return null; // Redis is away: its connection logs that
    }
  }

  return {
    readAll,
    async replace(serviceName, expected, next) {
      try {
        const old = expected === null ? '' : encoded(expected);
        const current = await redis.eval(REPLACE, 1, key, serviceName, old, encoded(next));
        if (typeof current !== 'string') return { kind: 'replaced' };
        const state = decoded(current);
        if (state === null && current !== '') await redis.hdel(key, serviceName);
        return { kind: 'other', current: state };
      } catch {
        return { kind: 'away' };
      }
    },
    async read() {
      const now = clock.now();
      const states = (await readAll()) ?? new Map<string, BreakerState>();
      return Array.from(states, ([name, state]) => breakerStatus(name, state, now));
    },
  };
}

/** The same text for the same state: it is what REPLACE compares. */
function encoded(state: BreakerState): string {
  const { generation, since } = state;
  switch (state.kind) {
    case 'closed':
      return JSON.stringify({ kind: state.kind, generation, since });
    case 'open': {
      const { kind, until, reason } = state;
      return JSON.stringify({ kind, generation, since, until, reason });
    }
    case 'half-open': {
      const { kind, succeeded, nextProbe } = state;
      const probes = state.probes.map(({ number, begunAt }) => ({ number, begunAt }));
      return JSON.stringify({ kind, generation, since, probes, succeeded, nextProbe });
    }
  }
}

/** null: none of ours. */
function decoded(text: string): BreakerState | null {
  try {
    const state = stateSchema.safeParse(JSON.parse(text)).data;
    if (state === undefined) return null;
    return state.kind === 'closed' ? { ...state, outcomes: [] } : state;
  } catch {
    return null;
  }
}
