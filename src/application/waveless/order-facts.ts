import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { WorkflowHead } from '#application/ports/workflow-store.ts';
import type { Workflows } from '#application/workflows.ts';
import { neededServices } from '#domain/policy/look-ahead.ts';
import type { WavelessPace } from '#domain/workflow/commands.ts';
import { startScope } from '#domain/workflow/scope.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/** What a head does not say of an order that waits; null: it can't be read, and is left out, so that it stops nobody. */
export type OrderFacts = {
  pace(head: WorkflowHead): Promise<WavelessPace | null>;
  /** The services without which it can't be done. To be asked for only while one is closed: conditions are looked at for it. */
  needed(head: WorkflowHead): Promise<ReadonlySet<string> | null>;
};

/** Orders whose facts are kept: some MB at most. */
const KEPT = 5000;

/** Facts of waiting orders, each read once per version. */
export function orderFacts(parts: {
  readonly workflows: Pick<Workflows, 'load'>;
  readonly logger: Logger;
}): OrderFacts {
  return {
    pace: onceEach(ofState((state) => state.pace)),
    needed: onceEach(ofState((state) => neededServices(state.definition, startScope(state)))),
  };

  function ofState<T>(
    fact: (state: WorkflowState) => T,
  ): (head: WorkflowHead) => Promise<T | null> {
    return async ({ workflowId }) => {
      try {
        const state = await parts.workflows.load(workflowId);
        return state === null ? null : fact(state);
      } catch (error) {
        if (error instanceof StoreUnavailableError) throw error;
        const message = 'a waiting order can not be read: it is left out';
        parts.logger.error(message, { workflowId, error });
        return null;
      }
    };
  }
}

/** The oldest answers go first. */
function onceEach<T>(
  read: (head: WorkflowHead) => Promise<T | null>,
): (head: WorkflowHead) => Promise<T | null> {
  const known = new Map<string, T | null>();

  return async (head) => {
    const key = `${head.workflowId}@${head.version}`;
    const kept = known.get(key);
    if (kept !== undefined) return kept;
    const fact = await read(head);
    known.set(key, fact);
    if (known.size > KEPT) {
      const oldest = known.keys().next();
      if (!oldest.done) known.delete(oldest.value);
    }
    return fact;
  };
}
