import { continueState } from '#application/continue-state.ts';
import type { DefinitionCatalog } from '#application/definition-catalog.ts';
import type { SteadyClock } from '#application/ports/clock.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import { NO_EXCHANGE, type StateExchange } from '#application/shared-state.ts';
import { TRUST_MS, type StateCache } from '#application/state-cache.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/** What this process knows of workflows, and what it learns of them from other processes and the store. */
export type KnownStates = {
  /** The state that this process knows, up to TRUST_MS old; null: it knows none, whether there is one or not. */
  peek(workflowId: string): WorkflowState | null;
  /** null: unknown. Without `fresh` the state may be up to TRUST_MS old. */
  load(workflowId: string, options?: { readonly fresh: boolean }): Promise<WorkflowState | null>;
  /** Takes in what was just committed. @param checkedAt before it was written, by the steady clock */
  keep(state: WorkflowState, checkedAt: number): void;
  /** What is known is not of this workflow's log. */
  forget(workflowId: string): Promise<void>;
};

export function createKnownStates(parts: {
  readonly store: Pick<WorkflowStore, 'readLog'>;
  readonly definitions: DefinitionCatalog;
  readonly cache: StateCache;
  /** States of other processes; by default none. */
  readonly exchange?: StateExchange;
  readonly clock: SteadyClock;
}): KnownStates {
  const { store, definitions, cache, clock, exchange = NO_EXCHANGE } = parts;

  function peek(workflowId: string): WorkflowState | null {
    const cached = cache.get(workflowId);
    return cached !== undefined && isTrusted(cached, clock.elapsed()) ? cached.state : null;
  }

  /** The newest state of a workflow of which this process knows nothing. */
  async function meet(workflowId: string): Promise<WorkflowState | null> {
    const left = await exchange.newest(workflowId);
    if (left !== null) return left;
    const state = await continueState(definitions, null, await store.readLog(workflowId, 0));
    if (state !== null) exchange.leave(state);
    return state;
  }

  async function readOn(state: WorkflowState): Promise<WorkflowState | null> {
    const news = await store.readLog(state.workflowId, state.version);
    return await continueState(definitions, state, news);
  }

  return {
    peek,
    async load(workflowId, options = { fresh: false }) {
      const now = clock.elapsed();
      const cached = cache.get(workflowId);
      if (cached !== undefined && !options.fresh && isTrusted(cached, now)) return cached.state;
      const state = cached === undefined ? await meet(workflowId) : await readOn(cached.state);
      if (state !== null) cache.put(state, now);
      return state;
    },
    keep(state, checkedAt) {
      cache.put(state, checkedAt);
      exchange.leave(state);
    },
    async forget(workflowId) {
      cache.drop(workflowId);
      await exchange.drop(workflowId);
    },
  };
}

function isTrusted({ checkedAt }: { readonly checkedAt: number }, now: number): boolean {
  return now - checkedAt <= TRUST_MS;
}
