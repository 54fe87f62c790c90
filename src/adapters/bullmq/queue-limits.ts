import type { Queue } from 'bullmq';
import type { QueueLimits } from '#application/ports/queue-limits.ts';
import { answered } from '#adapters/bullmq/answered.ts';

/** Limits as BullMQ's global concurrency: a field of the queue's meta hash that its scripts look at whenever a worker asks for a job. */
export function createQueueLimits(queues: readonly Queue[]): QueueLimits {
  const byName = new Map(queues.map((queue) => [queue.name, queue]));
  return {
    async apply(limits) {
      const changes = [...limits].map(async ([name, limit]) => {
        const queue = byName.get(name);
        return queue !== undefined && (await applyTo(queue, limit)) ? [name] : [];
      });
      return (await answered(Promise.all(changes))).flat();
    },
    async ensure(limits) {
      const missing = [...limits].map(async ([name, limit]) => {
        const queue = byName.get(name);
        if ((await queue?.getGlobalConcurrency()) === null)
          await queue?.setGlobalConcurrency(limit);
      });
      await answered(Promise.all(missing));
    },
  };
}

async function applyTo(queue: Queue, limit: number | null): Promise<boolean> {
  if ((await queue.getGlobalConcurrency()) === limit) return false;
  if (limit === null) await queue.removeGlobalConcurrency();
  else await queue.setGlobalConcurrency(limit);
  return true;
}
