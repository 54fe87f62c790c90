import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { LeaderLease } from '#application/ports/leader-lease.ts';
import { acquireLock, releaseLock } from '#adapters/redis/fenced-lock.ts';

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

/** A lease in Redis on a role: a fenced lock; each call makes a new candidate (see LeaderLease). */
export function createLeaderLease({ redis, prefix, role, ttlMs }: LeaderLeaseOptions): LeaderLease {
  const key = `${prefix}:lease:${role}`;
  const lock = { key, fenceKey: `${key}:fence`, owner: randomUUID(), ttlMs };
  return {
    async acquire() {
      try {
        return await acquireLock(redis, lock);
      } catch {
        return null; // Redis is away: the connection logs that, and whoever can't prove its lease doesn't lead
      }
    },
    async release() {
      try {
        await releaseLock(redis, lock);
      } catch {
        // Redis is away: the lease expires by itself
      }
    },
  };
}
