import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { WorkflowHead } from '#application/ports/workflow-store.ts';
import type { Workflows } from '#application/workflows.ts';
import { neededServices } from '#domain/policy/look-ahead.ts';
import type { WavelessPace } from '#domain/workflow/commands.ts';
import { startScope } from '#domain/workflow/scope.ts';

/** What a head does not say of an order that waits. */
export type OrderFacts = {
  readonly needed: ReadonlySet<string>;
  readonly pace: WavelessPace;
};

/** Some MB at most. */
const KEPT = 5000;

/**
 * Facts of waiting orders, read once per version.
 * @returns a function that gives null for an order that can't be read: it is left out, so that it stops nobody
 */
export function orderFacts(parts: {
  readonly workflows: Pick<Workflows, 'load'>;
  readonly logger: Logger;
}): (head: WorkflowHead) => Promise<OrderFacts | null> {
  const known = new Map<string, OrderFacts | null>();

  async function read({ workflowId }: WorkflowHead): Promise<OrderFacts | null> {
    try {
      const state = await parts.workflows.load(workflowId);
      if (state === null) return null;
      return { needed: neededServices(state.definition, startScope(state)), pace: state.pace };
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      parts.logger.error('a waiting order can not be read: it is left out', { workflowId, error });
      return null;
    }
  }

  return async (head) => {
    const key = `${head.workflowId}@${head.version}`;
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    const facts = await read(head);
    known.set(key, facts);
    if (known.size > KEPT) {
      const oldest = known.keys().next();
      if (!oldest.done) known.delete(oldest.value);
    }
    return facts;
  };
}
