import type { Redis } from 'ioredis';

/*
 * Who owns what: the key of a lock holds the id of its owner and lives `ttlMs` beyond its last renewal; the key of its fence
 * holds the number of its last taking. Locks that are never renewed may count by one fence together.
 *
 * 1. Only the owner renews or releases: both compare the owner inside a script, so a lock that expired and was taken
 *    by another is never touched.
 * 2. Each taking has a greater fencing number than all before it; a renewal keeps the number. It is never less than the time
 *    of the server in µs, so that a wiped Redis does not begin again below what it gave out before.
 * 3. An owner that dies leaves the lock to expire: another takes it within ttlMs.
 */

const ACQUIRE = `
local owner = redis.call('GET', KEYS[1])
if owner == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return tonumber(redis.call('GET', KEYS[2]))
end
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local fence = math.max(tonumber(redis.call('GET', KEYS[2]) or '0') + 1, now)
  redis.call('SET', KEYS[2], string.format('%.0f', fence))
  return fence
end
return nil`;

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
return nil`;

export type FencedLock = {
  /** Both on one node of a cluster. */
  readonly key: string;
  readonly fenceKey: string;
  /** Who asks. */
  readonly owner: string;
  /** How long it outlives its last renewal. */
  readonly ttlMs: number;
};

/** Takes or renews a lock. @returns the fencing number; null: another has it. Rejects when Redis is away. */
export async function acquireLock(
  redis: Redis,
  { key, fenceKey, owner, ttlMs }: FencedLock,
): Promise<number | null> {
  const number = await redis.eval(ACQUIRE, 2, key, fenceKey, owner, ttlMs);
  return typeof number === 'number' ? number : null;
}

/** Gives a lock up, if it is still the owner's. Rejects when Redis is away. */
export async function releaseLock(redis: Redis, { key, owner }: FencedLock): Promise<void> {
  await redis.eval(RELEASE, 1, key, owner);
}
