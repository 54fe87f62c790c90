import { markPublished, unpublishedEvents } from '#application/events/system-outbox.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { EventPublisher } from '#application/ports/event-bus.ts';
import type { NoteStore } from '#application/ports/note-store.ts';
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
    readonly store: NoteStore;
    readonly bus: EventPublisher;
    readonly clock: Clock;
    /** Of system events. */
    readonly outgoing: Outgoing;
  },
): RelayTerm {
  const { store, bus, clock, outgoing } = parts;
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
    const events = await unpublishedEvents(store);
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
    await markPublished(store, last.version);
  }
}
