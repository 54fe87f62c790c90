import type { EventBacklog } from '#application/orchestration.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { CursorStore } from '#application/ports/cursor-store.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import { RELAY_CURSOR } from '#application/relay/relay-term.ts';

/** What the relay has still to publish. Asks the store, not the relay: a relay that is dead or cut off is when the answer matters. @throws StoreUnavailableError */
export function relayBacklog(parts: {
  readonly store: Pick<WorkflowStore, 'readFeed'> & CursorStore;
  readonly clock: Clock;
}) {
  const { store, clock } = parts;
  return async (): Promise<EventBacklog> => {
    const position = await store.readCursor(RELAY_CURSOR);
    const oldest = (await store.readFeed(position, 1)).events[0];
    if (oldest === undefined) return { events: 0, ageMs: 0 };
    const events = await store.countFeedAfter(position);
    return { events, ageMs: Math.max(0, clock.now() - oldest.occurredAt) };
  };
}
