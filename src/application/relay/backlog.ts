import type { EventBacklog } from '#application/orchestration.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { CursorStore } from '#application/ports/cursor-store.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import { currentShares, nameOfShare } from '#application/relay/relay-shares.ts';

/**
 * What the relay has still to publish; where several share the workflows, what the one furthest behind has still to look at. Asks the
 * store, not the relay: a relay that is dead or cut off is when the answer matters. @throws StoreUnavailableError
 */
export function relayBacklog(parts: {
  readonly store: Pick<WorkflowStore, 'readFeed'> & CursorStore;
  readonly clock: Clock;
}) {
  const { store, clock } = parts;
  return async (): Promise<EventBacklog> => {
    const shares = (await currentShares(store)).map(nameOfShare);
    const backlogs = await Promise.all(shares.map(backlogOf));
    return {
      events: Math.max(...backlogs.map(({ events }) => events)),
      ageMs: Math.max(...backlogs.map(({ ageMs }) => ageMs)),
    };
  };

  async function backlogOf(cursor: string): Promise<EventBacklog> {
    const position = await store.readCursor(cursor);
    const oldest = (await store.readFeed(position, 1)).events[0];
    if (oldest === undefined) return { events: 0, ageMs: 0 };
    const events = await store.countFeedAfter(position);
    return { events, ageMs: Math.max(0, clock.now() - oldest.occurredAt) };
  }
}
