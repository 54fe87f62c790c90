import type { StreamEvent } from '#api/stream/feed-window.ts';
import type { FeedListener, LiveFeed } from '#api/stream/live-feed.ts';
import type { SseResponse } from '#api/stream/sse-response.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';

/**
 * Sends one client the feed from a position on, until the stream is over.
 * The next events are taken only when the client has room for them: its own pace is all that it costs.
 */
export async function followFeed(
  feed: LiveFeed,
  listener: FeedListener,
  from: string | null,
  stream: SseResponse,
  wants: (event: StreamEvent) => boolean,
): Promise<void> {
  let position = from;
  let strangerSince: number | null = null;
  while (!stream.closed.aborted) {
    const events = await nextEvents(listener, position);
    for (const event of events) {
      if (event.text !== null && wants(event)) await stream.send(event.text);
      if (stream.closed.aborted) return;
      position = event.position;
    }
    if (events.length > 0) continue;
    if (listener.knows(position)) {
      strangerSince = null;
    } else {
      // Nothing comes after this position, yet the poller has not met it. If that is still so when a whole poll
      // has begun and ended since, it is no position of this feed: go on from the end, rather than ask for ever.
      strangerSince ??= feed.completePolls();
      if (feed.completePolls() >= strangerSince + 2) position = listener.end();
    }
    // Comes for as long as there is a listener; that the stream is over is noticed then at the latest.
    await feed.nextPoll();
  }
}

/** A store that is away for a while is no reason to end a stream: the poller says so in the log. */
async function nextEvents(
  listener: FeedListener,
  position: string | null,
): Promise<readonly StreamEvent[]> {
  try {
    return await listener.after(position);
  } catch (error) {
    if (error instanceof StoreUnavailableError) return [];
    throw error;
  }
}
