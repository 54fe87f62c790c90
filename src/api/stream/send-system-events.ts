import type { SseResponse } from '#api/stream/sse-response.ts';
import { EVENT_TYPE_PREFIX } from '#application/events/cloud-event.ts';
import type { Orchestration } from '#application/orchestration.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';

/** The log of no workflow has them, so they do not come with the feed: they are looked for this often. */
const LOOK_EVERY_MS = 1000;

/**
 * Sends a stream the events of the system as a whole (SystemLoadRebalanced) that happen while it is open, as CloudEvents. They have
 * no id: a place in the feed is what a client resumes at, and they have none. Who must not miss one reads them from the bus.
 */
export function sendSystemEvents(
  orchestration: Pick<Orchestration, 'getSystemEvents'>,
  stream: Pick<SseResponse, 'send' | 'closed'>,
): void {
  let told: number | null = null;
  const send = async () => {
    const events = await newest();
    if (events === null) return;
    const after = told;
    told = events.at(-1)?.version ?? 0;
    if (after === null) return; // what had happened when the stream was opened
    for (const { version, event } of events) {
      if (version <= after) continue;
      const name = event.type.slice(EVENT_TYPE_PREFIX.length);
      await stream.send(`event: ${name}\ndata: ${JSON.stringify(event)}\n\n`);
    }
  };
  const timer = setInterval(() => void send(), LOOK_EVERY_MS);
  stream.closed.addEventListener('abort', () => clearInterval(timer), { once: true });
  void send();

  /** null: the store is away. */
  async function newest() {
    try {
      return await orchestration.getSystemEvents();
    } catch (error) {
      if (error instanceof StoreUnavailableError) return null;
      throw error;
    }
  }
}
