import { systemEvents, type SystemEvent } from '#application/events/system-outbox.ts';
import type { CursorStore } from '#application/ports/cursor-store.ts';
import type { LoadView } from '#application/ports/load-board.ts';

/**
 * The newest events of the system as a whole, oldest first. Streams ask again and again: the store is only read when the monitor
 * shows a rebalancing of which the last answer did not know.
 * @throws StoreUnavailableError
 */
export function getSystemEvents(parts: {
  readonly store: Pick<CursorStore, 'readCursor'>;
  readonly getSystemLoad: () => Promise<LoadView | null>;
}): () => Promise<readonly SystemEvent[]> {
  let known: readonly SystemEvent[] | null = null;
  return async () => {
    const last = (await parts.getSystemLoad())?.lastRebalance ?? null;
    const newest = known?.at(-1)?.event.time ?? null;
    const isNews = last !== null && new Date(last.at).toISOString() !== newest;
    if (known === null || isNews) known = await systemEvents(parts.store);
    return known;
  };
}
