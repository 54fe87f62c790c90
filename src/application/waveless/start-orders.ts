import type { Logger } from '#application/ports/logger.ts';
import type { FoundOrder } from '#application/waveless/find-ready.ts';
import type { Workflows } from '#application/workflows.ts';

/**
 * Releases the orders that were chosen, side by side: each by the commit that starts it.
 * @returns those that were released by this call; the others were cancelled, or somebody else was quicker
 * @throws the error of the first, where none of them could be started
 */
export function startOrders(parts: {
  readonly workflows: Pick<Workflows, 'handle'>;
  readonly logger: Logger;
}): (chosen: readonly FoundOrder[]) => Promise<readonly FoundOrder[]> {
  const { workflows, logger } = parts;

  async function start({ workflowId, priority: releasedAs }: FoundOrder): Promise<boolean> {
    try {
      const result = await workflows.handle(workflowId, { type: 'start', releasedAs });
      return result.kind === 'done';
    } catch (error) {
      logger.error('an order could not be released: it waits on', { workflowId, error });
      throw error;
    }
  }

  return async (chosen) => {
    const results = await Promise.allSettled(chosen.map(start));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined && results.every((result) => result.status === 'rejected')) {
      throw failed.reason;
    }
    return chosen.filter((_, index) => {
      const result = results[index];
      return result?.status === 'fulfilled' && result.value;
    });
  };
}
