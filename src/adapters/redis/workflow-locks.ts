import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { WorkflowLocks } from '#application/ports/workflow-locks.ts';
import { acquireLock, releaseLock, type FencedLock } from '#adapters/redis/fenced-lock.ts';
import { createUnlessSlow } from '#adapters/redis/unless-slow.ts';

/*
 * Who owns what: `<prefix>:lock:<workflow>` is the fenced lock of one workflow, `<prefix>:locks:fence` counts all their takings, and
 * `<prefix>:lock:<workflow>:last` says for TTL_MS which process asked for it last: whoever comes next knows whether its own state
 * may still be the newest.
 *
 * 1. A lock is held from before a state is looked at until its commit is answered, and not while a service is called. It is not
 *    renewed: a commit that takes longer than its life goes on without it.
 * 2. Nothing hangs on it. What is written under it carries the version of the workflow, which refuses whoever comes second,
 *    also a process that was frozen while it held the lock.
 */

/** Far longer than a commit, and than a state is trusted unseen; as long as a dead process's lock delays others, each by its `waitMs`. */
const TTL_MS = 2000;

/** Between two looks at a lock that another has. */
const SHORTEST_LOOK_MS = 2;
const LONGEST_LOOK_MS = 16;

/**
 * @param options.redis a producer connection: it must fail fast when Redis is away. The caller owns and closes it.
 * @param options.waitMs for a lock that another process has; the work goes on without it then
 * @param options.answerMs for an answer of Redis; the work goes on without it then
 */
export function createWorkflowLocks(options: {
  readonly redis: Redis;
  readonly prefix: string;
  readonly waitMs: number;
  readonly answerMs?: number;
}): WorkflowLocks {
  const { redis, prefix, waitMs, answerMs } = options;
  const unlessSlow = createUnlessSlow(answerMs);
  const fenceKey = `${prefix}:locks:fence`;
  const self = randomUUID();

  return {
    async around(workflowId, work) {
      const key = `${prefix}:lock:${workflowId}`;
      const lock = { key, fenceKey, owner: randomUUID(), ttlMs: TTL_MS };
      const { taken, overtaken } = await take(lock);
      try {
        return await work(overtaken);
      } finally {
        // not waited for: who comes next sees it gone, or looks again
        if (taken) void unlessSlow(() => releaseLock(redis, lock));
      }
    },
  };

  async function take(lock: FencedLock) {
    const givesUpAt = performance.now() + waitMs;
    let lookMs = SHORTEST_LOOK_MS;
    for (let overtaken = false; ; overtaken = true) {
      const answer = await unlessSlow(() => ask(lock));
      if (answer === null) return { taken: false, overtaken };
      overtaken ||= answer.last !== null && answer.last !== self;
      const leftMs = givesUpAt - performance.now();
      if (answer.taken || leftMs <= 0) return { taken: answer.taken, overtaken };
      await pause(Math.min(leftMs, lookMs * (0.5 + Math.random())));
      lookMs = Math.min(LONGEST_LOOK_MS, lookMs * 2);
    }
  }

  /** One round trip. */
  async function ask(lock: FencedLock) {
    const [fence, last] = await Promise.all([
      acquireLock(redis, lock),
      redis.set(`${lock.key}:last`, self, 'PX', TTL_MS, 'GET'),
    ]);
    return { taken: fence !== null, last };
  }
}
