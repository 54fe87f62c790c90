import { setTimeout as sleep } from 'node:timers/promises';
import { createFeedWindow, type FeedWindow, type StreamEvent } from '#api/stream/feed-window.ts';
import type { Orchestration } from '#application/orchestration.ts';
import type { FeedEvent } from '#application/ports/workflow-store.ts';
import type { Logger } from '#application/ports/logger.ts';

const POLL_PAGE = 500;
const CATCH_UP_PAGE = 100;
const WINDOW = { events: 2000, characters: 8_000_000 };
/** After a failed poll: there is no use in asking a store that is away five times a second. */
const RETRY_MS = 1000;

export type LiveFeed = ReturnType<typeof createLiveFeed>;

export type LiveFeedOptions = {
  readonly orchestration: Pick<Orchestration, 'readFeed' | 'feedEnd'>;
  readonly render: (events: readonly FeedEvent[]) => Promise<readonly StreamEvent[]>;
  readonly pollMs: number;
  readonly logger: Logger;
};

/**
 * The feed of events for all streams of this process.
 *
 * One poller looks at the feed while there is at least one listener, and keeps its newest stretch in a window.
 * A listener holds nothing but its position: it takes from the window what comes after it, or, when it has fallen
 * out of the window (it resumes, or it is slow), reads its own pages until it is back.
 *
 * 1. At most one poller runs, and none without a listener.
 * 2. No event is queued for a listener: memory does not grow with their number or slowness.
 * 3. A listener that goes from page to page by the position of the last event it got misses none and gets none twice.
 */
export function createLiveFeed({ orchestration, render, pollMs, logger }: LiveFeedOptions) {
  let listeners = 0;
  let poller: { readonly window: Promise<FeedWindow>; readonly stop: AbortController } | null =
    null;
  let completePolls = 0;
  let changed = Promise.withResolvers<void>();

  const start = () => {
    const stop = new AbortController();
    const window = orchestration.feedEnd().then((end) => createFeedWindow(end, WINDOW));
    const started = { window, stop };
    window.then(
      (opened) => poll(opened, stop.signal),
      // The store is away: whoever joins next tries again.
      () => poller === started && (poller = null),
    );
    return started;
  };

  const poll = async (window: FeedWindow, stopped: AbortSignal) => {
    let failing = false;
    while (!stopped.aborted) {
      let pauseMs = pollMs;
      try {
        const { events } = await orchestration.readFeed(window.end(), POLL_PAGE);
        window.append(await render(events));
        if (events.length === POLL_PAGE) pauseMs = 0;
        else completePolls += 1;
        failing = false;
      } catch (error) {
        if (!failing) logger.warn('event streams wait: the feed can not be read', { error });
        failing = true;
        pauseMs = Math.max(pollMs, RETRY_MS);
      }
      changed.resolve();
      changed = Promise.withResolvers();
      await sleep(pauseMs, undefined, { signal: stopped }).catch(() => {});
    }
  };

  return {
    /**
     * Adds a listener; `leave` must be called once.
     * @throws StoreUnavailableError when the feed can't be read now
     */
    async join() {
      listeners += 1;
      let left = false;
      const leave = () => {
        if (left) return;
        left = true;
        listeners -= 1;
        if (listeners > 0) return;
        poller?.stop.abort();
        poller = null;
      };
      try {
        poller ??= start();
        const window = await poller.window;
        return {
          leave,
          end: window.end,
          knows: (position: string | null) => window.after(position, 0) !== null,
          /** The next events after a position, oldest first; none: there are no newer ones yet. */
          async after(position: string | null): Promise<readonly StreamEvent[]> {
            const recent = window.after(position, CATCH_UP_PAGE);
            if (recent !== null) return recent;
            const { events } = await orchestration.readFeed(position, CATCH_UP_PAGE);
            return render(events);
          },
        };
      } catch (error) {
        leave();
        throw error;
      }
    },
    listeners: () => listeners,
    /** Polls that reached the end of the feed, so far. */
    completePolls: () => completePolls,
    /** Resolves after the next poll. */
    nextPoll: () => changed.promise,
  };
}

export type FeedListener = Awaited<ReturnType<LiveFeed['join']>>;
