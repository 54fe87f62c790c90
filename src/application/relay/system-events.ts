import { createSystemInbox } from '#application/events/system-outbox.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { EventPublisher } from '#application/ports/event-bus.ts';
import type { CursorStore } from '#application/ports/cursor-store.ts';
import { encode, type Outgoing } from '#application/relay/outgoing-message.ts';
import type { RelayTerm } from '#application/relay/relay-term.ts';

/** Events of the system are rare: they are looked for this often, not at every turn of the relay. */
const LOOK_EVERY_MS = 1000;

/**
 * A term that publishes the events of the system as well, on a topic of their own, at least once: they count as published only after
 * the bus has them. They wait for nobody: a busy log does not hold them up.
 */
export function withSystemEvents(
  term: RelayTerm,
  parts: {
    readonly store: CursorStore;
    readonly bus: EventPublisher;
    readonly clock: Clock;
    /** Of system events. */
    readonly outgoing: Outgoing;
  },
): RelayTerm {
  const { bus, clock, outgoing } = parts;
  const inbox = createSystemInbox(parts.store);
  let lookedAt = -Infinity;
  return {
    async publishNext() {
      const now = clock.now();
      if (Math.abs(now - lookedAt) >= LOOK_EVERY_MS) {
        lookedAt = now;
        await publishSystemEvents();
      }
      return await term.publishNext();
    },
  };

  async function publishSystemEvents(): Promise<void> {
    const events = await inbox.unpublished();
    const last = events.at(-1);
    if (last === undefined) return;
    const key = 'system';
    await bus.publish(
      events.map(({ event }) => ({
        topic: outgoing.topic,
        key,
        ...encode(event, outgoing.format),
      })),
    );
    await inbox.markPublished(last.version);
  }
}
