import type { Redis } from 'ioredis';
import type { SharedStates } from '#application/ports/shared-states.ts';
import { decodeState, encodeState } from '#adapters/redis/shared-state-schema.ts';
import { createUnlessSlow } from '#adapters/redis/unless-slow.ts';

/*
 * Who owns what: the hash `<prefix>:states` holds a field per workflow, its version and its state; the sorted set
 * `<prefix>:states:used` says when each was used last, by the server's clock.
 *
 * 1. A field is replaced by newer versions only, whoever writes when.
 * 2. Beyond `capacity` the least recently used goes first; a state of more than MOST_BYTES is not kept. What nobody has used for
 *    IDLE_MS goes altogether.
 * 3. Both are only touched by scripts, together. They can be wiped at any time.
 */

const PUT = `
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held and tonumber(string.match(held, '^%d+')) >= tonumber(ARGV[2]) then
  return nil
end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3])
redis.call('ZADD', KEYS[2], time[1] * 1000000 + time[2], ARGV[1])
for _ = 1, redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[4]) do
  redis.call('HDEL', KEYS[1], redis.call('ZPOPMIN', KEYS[2])[1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return nil`;

const GET = `
local held = redis.call('HGET', KEYS[1], ARGV[1])
if not held then
  return nil
end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[2], 'XX', time[1] * 1000000 + time[2], ARGV[1])
return string.match(held, '^%d+ (.*)$')`;

const DROP = `
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return nil`;

/** Of one state, as text. */
const MOST_BYTES = 64 * 1024;
const IDLE_MS = 3_600_000;

/**
 * @param options.redis a producer connection: it must fail fast when Redis is away. The caller owns and closes it.
 * @param options.capacity workflows, of all processes together; at least 1
 * @param options.answerMs for an answer of Redis; without one nothing is there
 */
export function createSharedStates(options: {
  readonly redis: Redis;
  readonly prefix: string;
  readonly capacity: number;
  readonly answerMs?: number;
}): SharedStates {
  const { redis, prefix, capacity, answerMs } = options;
  const keys = [`${prefix}:states`, `${prefix}:states:used`] as const;
  const unlessSlow = createUnlessSlow(answerMs);

  return {
    async get(workflowId) {
      const text = await unlessSlow(() => redis.eval(GET, 2, ...keys, workflowId));
      const state = typeof text === 'string' ? decodeState(text) : null;
      return state?.workflowId === workflowId ? state : null;
    },
    async put(state) {
      const text = encodeState(state);
      if (Buffer.byteLength(text) > MOST_BYTES) return;
      const { workflowId, version } = state;
      await unlessSlow(() =>
        redis.eval(PUT, 2, ...keys, workflowId, version, text, capacity, IDLE_MS),
      );
    },
    async drop(workflowId) {
      await unlessSlow(() => redis.eval(DROP, 2, ...keys, workflowId));
    },
  };
}
