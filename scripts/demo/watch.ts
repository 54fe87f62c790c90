import { setTimeout as delay } from 'node:timers/promises';
import { readEventStream } from '../processes/event-stream.ts';
import type { Tally } from './tally.ts';

/** Pause before the stream is opened again after it broke. */
const RECONNECT_MS = 200;

/**
 * Follows the event stream into the tally until the signal ends it; a stream that breaks is resumed after the last event.
 * @returns once the stream is open: nothing that happens after that is missed. `done` resolves when it was ended.
 */
export async function watch(
  streamUrl: string,
  tally: Tally,
  signal: AbortSignal,
): Promise<{ readonly done: Promise<void> }> {
  const opened = Promise.withResolvers<void>();
  let lastEventId: string | null = null;

  async function follow(): Promise<void> {
    while (!signal.aborted) {
      try {
        const options = { lastEventId, signal, onOpen: opened.resolve };
        for await (const event of readEventStream(streamUrl, options)) {
          lastEventId = event.id;
          tally.note(event);
        }
      } catch {
        // broken off: resumed below
      }
      await delay(RECONNECT_MS);
    }
    opened.resolve(); // or it would be waited for in vain
  }
  const done = follow();
  await opened.promise;
  return { done };
}
