import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { JobSight, QueueInsight } from '#application/ports/queue-insight.ts';
import { queueNameOf, stepJobId } from '#queues/step-queues.ts';

/** Questions asked of each job. */
const QUESTIONS = 6;

/**
 * Where jobs are, read off BullMQ's own keys in one pipeline: its client would ask for each state one by one.
 * @param options.redis a producer connection: it must fail fast when Redis is away
 */
export function createQueueInsight(options: {
  readonly redis: Redis;
  readonly queues: readonly Queue[];
}): QueueInsight {
  const { redis } = options;
  const byName = new Map(options.queues.map((queue) => [queue.name, queue]));

  return {
    async look(jobs) {
      if (jobs.length === 0) return [];
      const pipeline = redis.pipeline();
      for (const job of jobs) {
        const id = stepJobId(job);
        const queue = byName.get(queueNameOf(job.serviceName));
        const key = (type: string) => queue?.toKey(type) ?? '';
        pipeline
          .lpos(key('active'), id)
          .zrank(key('prioritized'), id)
          .zscore(key('delayed'), id)
          .exists(key(id))
          .hexists(key('meta'), 'paused')
          .pttl(key('limiter'));
      }
      const answers = await unlessAway(pipeline.exec());
      if (answers === null || answers.some(([error]) => error !== null)) return null;
      const values = answers.map(([, value]) => value);
      return jobs.map((job, index) => {
        const own = values.slice(index * QUESTIONS, (index + 1) * QUESTIONS);
        return sightOf(queueNameOf(job.serviceName), own);
      });
    },
  };
}

function sightOf(queue: string, answers: readonly unknown[]): JobSight {
  const [active, rank, delayed, exists, paused, restsFor] = answers;
  const ahead = typeof rank === 'number' ? rank : null;
  const restsForMs = typeof restsFor === 'number' && restsFor > 0 ? restsFor : null;
  const base = { queue, ahead, isPaused: paused === 1, restsForMs };
  if (typeof active === 'number') return { ...base, state: 'active' };
  if (ahead !== null) return { ...base, state: 'waiting' };
  if (typeof delayed === 'string') return { ...base, state: 'delayed' };
  return { ...base, state: exists === 1 ? 'moving' : 'missing' };
}

/** null: Redis is away; its connection logs that. */
async function unlessAway<T>(command: Promise<T>): Promise<T | null> {
  try {
    return await command;
  } catch {
    return null;
  }
}
