import type { JobQueue, QueueDepth } from '#application/ports/job-queue.ts';

/** The depths of all queues; null: the queue can't say now. */
export async function depthsOrNull(queue: JobQueue): Promise<readonly QueueDepth[] | null> {
  try {
    return await queue.depths();
  } catch {
    return null;
  }
}
