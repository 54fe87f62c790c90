import type { DefinitionCatalog } from '#application/definition-catalog.ts';
import type { SharedStates } from '#application/ports/shared-states.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import { isTerminal } from '#domain/workflow/vocabulary.ts';

/** The cache of states that processes share, as Workflows uses it. */
export type StateExchange = {
  /** What another process left, if the store says that nothing is newer; null: the log must be read. @throws StoreUnavailableError */
  newest(workflowId: string): Promise<WorkflowState | null>;
  /** Leaves a state for the others, or takes it away when the workflow has ended. Nobody waits for it. */
  leave(state: WorkflowState): void;
  drop(workflowId: string): Promise<void>;
};

/** For engines whose processes share nothing: every log is read. */
export const NO_EXCHANGE: StateExchange = {
  newest: async () => null,
  leave() {},
  drop: async () => {},
};

/**
 * Believes a shared state only when its version is the store's: then a whole log is not read, only its version. So it
 * does not matter how old it is, nor whether Redis was wiped or away.
 */
export function createStateExchange(parts: {
  readonly shared: SharedStates;
  readonly store: Pick<WorkflowStore, 'currentVersion'>;
  readonly definitions: Pick<DefinitionCatalog, 'find'>;
}): StateExchange {
  const { shared, store, definitions } = parts;
  return {
    async newest(workflowId) {
      const found = await shared.get(workflowId);
      if (found === null) return null;
      if ((await store.currentVersion(workflowId)) !== found.version) return null;
      const definition = await definitions.find(found.definitionId, found.definitionVersion);
      return definition === null ? null : { ...found, definition };
    },
    leave(state) {
      const { definition: _known, ...rest } = state;
      void (isTerminal(state.status) ? shared.drop(state.workflowId) : shared.put(rest));
    },
    drop: (workflowId) => shared.drop(workflowId),
  };
}
