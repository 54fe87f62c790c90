import type { Letter } from '#application/dead-letters/dead-letter.ts';
import { DEAD_LETTER_HEADERS } from '#application/dead-letters/dead-letter.ts';
import { postDeadLetter } from '#application/dead-letters/post-dead-letter.ts';
import { textAt } from '#application/inbound/text-at.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { EventPublisher } from '#application/ports/event-bus.ts';
import type { EventWaits, ParkedEvent } from '#application/ports/event-waits.ts';
import type { InboundLog } from '#application/ports/inbound-log.ts';
import type { Logger } from '#application/ports/logger.ts';
import { isJsonObject, type Json } from '#domain/json.ts';

/** Parked events buried in one go. */
const PAGE = 100;

/**
 * Parked events that no step came for within their time become dead letters, as CloudEvents: replayed, they begin anew. Without a
 * bus the log keeps them. One that a step took is only not parked any more.
 * @returns how many; a full page (100) says that there may be more @throws BusUnavailableError, StoreUnavailableError
 */
export function buryExpired(parts: {
  readonly store: Pick<EventWaits, 'expiredEvents' | 'dropParked'> & InboundLog;
  /** null: there is no bus. */
  readonly letters: { readonly bus: EventPublisher; readonly topic: string } | null;
  readonly clock: Clock;
  readonly logger: Logger;
}) {
  const { store, letters, clock, logger } = parts;

  return async (): Promise<number> => {
    const expired = await store.expiredEvents(clock.now(), PAGE);
    for (const parked of expired) {
      const { source, eventId, service, key } = parked;
      const taken = await store.findInbound(source, eventId, clock.now());
      if (taken === null && letters !== null) {
        await postDeadLetter(letters.bus, letters.topic, expiredLetter(parked, clock.now()));
      }
      await store.dropParked(parked);
      if (taken !== null) continue;
      const { event } = parked;
      const kept = letters === null ? { event } : {};
      logger.warn('no step came for a parked event', { source, eventId, service, key, ...kept });
    }
    return expired.length;
  };
}

function expiredLetter({ event, service, key, parkedAt }: ParkedEvent, now: number): Letter {
  const detail = `no step waited for key ${key} of ${service} within ${now - parkedAt} ms`;
  const origin = ['topic', 'partition', 'offset'] as const;
  return {
    key,
    value: JSON.stringify(toStructured(event)),
    headers: new Map([
      ['content-type', 'application/cloudevents+json; charset=utf-8'],
      [DEAD_LETTER_HEADERS.reason, 'unmatched'],
      [DEAD_LETTER_HEADERS.detail, detail],
      [DEAD_LETTER_HEADERS.diedAt, new Date(now).toISOString()],
      ...origin.flatMap((part): [string, string][] => {
        const text = textAt(event, `/origin/${part}`);
        return text === null ? [] : [[DEAD_LETTER_HEADERS[part], text]];
      }),
    ]),
  };
}

/** The parked event as a CloudEvent: the name of its topic stands in for a type that it did not say. */
function toStructured(parked: Json): Json {
  if (!isJsonObject(parked)) return parked;
  const { origin: _, name, ...attributes } = parked;
  const given = Object.entries(attributes).filter(([, value]) => value !== null);
  const type = textAt(parked, '/origin/topic') ?? name ?? 'unknown';
  return { specversion: '1.0', type, ...Object.fromEntries(given) };
}
