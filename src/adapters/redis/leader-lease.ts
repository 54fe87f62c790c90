import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { LeaderLease } from '#application/ports/leader-lease.ts';

/*
 * Who owns what: the key `<prefix>:lease:<role>` holds the id of the leader and lives `ttlMs` beyond its last renewal;
 * `<prefix>:lease:<role>:fence` holds the number of its last taking.
 *
 * 1. Only the owner renews or releases: both compare the owner inside a script, so a lease that expired and was taken
 *    by another is never touched.
 * 2. Each taking has a greater fencing number than all before it; a renewal keeps the number. It is never less than the time
 *    of the server in µs, so that a wiped Redis does not begin again below what it gave out before.
 * 3. A leader that dies leaves the lease to expire: another takes over within ttlMs.
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

export type LeaderLeaseOptions = {
  /** A producer connection: it must fail fast when Redis is away. The caller owns and closes it. */
  readonly redis: Redis;
  /** Key prefix with a hash tag, so that both keys live on one node of a cluster, such as `{wes}`. */
  readonly prefix: string;
  /** What is led: reconciler, relay, ... */
  readonly role: string;
  /** How long the lease outlives its last renewal; call `acquire` at least three times as often. */
  readonly ttlMs: number;
};

/** A lease in Redis on a role; each call makes a new candidate (see LeaderLease). */
export function createLeaderLease({ redis, prefix, role, ttlMs }: LeaderLeaseOptions): LeaderLease {
  const owner = randomUUID();
  const lease = `${prefix}:lease:${role}`;
  const fence = `${lease}:fence`;
  return {
    async acquire() {
      try {
        const number = await redis.eval(ACQUIRE, 2, lease, fence, owner, ttlMs);
        return typeof number === 'number' ? number : null;
      } catch {
        return null; // Redis is away: the connection logs that, and whoever can't prove its lease doesn't lead
      }
    },
    async release() {
      try {
        await redis.eval(RELEASE, 1, lease, owner);
      } catch {
        // Redis is away: the lease expires by itself
      }
    },
  };
}
