import { eventContext, needsContext, type EventContext } from '#application/events/public-event.ts';
import type { Workflows } from '#application/workflows.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';

/** Contexts kept: some MB. */
const CAPACITY = 10_000;

export type EventContexts = {
  /**
   * The contexts that these events need, by workflow id. Those of a page are loaded together; a workflow that can't be loaded
   * is absent and stops no other.
   * @throws StoreUnavailableError
   */
  of(events: readonly RecordedEvent[]): Promise<ReadonlyMap<string, EventContext>>;
};

/** What events say of their workflow is looked up once and kept: nothing of it changes once the workflow has started. */
export function createEventContexts(workflows: Pick<Workflows, 'loadMany'>): EventContexts {
  const kept = new Map<string, EventContext>();

  function keep(workflowId: string, context: EventContext): void {
    kept.set(workflowId, context);
    const [oldest] = kept.keys();
    if (kept.size > CAPACITY && oldest !== undefined) kept.delete(oldest);
  }

  return {
    async of(events) {
      const needed = events.filter(({ event }) => needsContext(event.type));
      const found = new Map<string, EventContext>();
      const unknown = new Set<string>();
      for (const { workflowId } of needed) {
        const context = kept.get(workflowId);
        if (context === undefined) unknown.add(workflowId);
        else found.set(workflowId, context);
      }
      if (unknown.size === 0) return found;
      for (const [workflowId, state] of await workflows.loadMany([...unknown])) {
        const context = eventContext(state);
        found.set(workflowId, context);
        // A state from before the start would leave the duration of a completed workflow unknown for ever.
        if (context.startedAt !== null) keep(workflowId, context);
      }
      return found;
    },
  };
}
