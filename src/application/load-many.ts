import { continueState } from '#application/continue-state.ts';
import type { DefinitionCatalog } from '#application/definition-catalog.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/**
 * The newest states of many workflows, for pages. One damaged workflow must not hide the others: it is absent, as unknown ones
 * are, and a line in the log says why.
 * @throws StoreUnavailableError
 */
export function loadMany(parts: {
  readonly store: WorkflowStore;
  readonly definitions: DefinitionCatalog;
  readonly logger: Logger;
}) {
  const { store, definitions, logger } = parts;

  return async (workflowIds: readonly string[]): Promise<ReadonlyMap<string, WorkflowState>> => {
    const states = new Map<string, WorkflowState>();
    for (const [workflowId, log] of await readLogs(workflowIds)) {
      const state = await sound(workflowId, () => continueState(definitions, null, log));
      if (state !== null) states.set(workflowId, state);
    }
    return states;
  };

  /** In one go, or one by one where the store stumbles over a damaged one. */
  async function readLogs(
    workflowIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly RecordedEvent[]>> {
    try {
      return await store.readLogs(workflowIds);
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      const logs = new Map<string, readonly RecordedEvent[]>();
      for (const workflowId of workflowIds) {
        const log = await sound(workflowId, () => store.readLog(workflowId, 0));
        if (log !== null) logs.set(workflowId, log);
      }
      return logs;
    }
  }

  async function sound<T>(workflowId: string, read: () => Promise<T>): Promise<T | null> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      logger.error('a workflow can not be read: it is left out', { workflowId, error });
      return null;
    }
  }
}
