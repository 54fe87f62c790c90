import { fingerprintOf, type IncomingEvent } from '#application/inbound/incoming-event.ts';
import type { InboundRecord } from '#application/ports/inbound-log.ts';

/** How long an event's name is remembered: twice as long as Kafka keeps messages by default. */
export const REMEMBER_MS = 14 * 24 * 60 * 60 * 1000;

/** What the inbound log keeps of an event that has taken effect. @param now epoch ms */
export function inboundRecord(
  event: Pick<IncomingEvent, 'source' | 'id' | 'type' | 'subject' | 'data'>,
  outcome: string,
  now: number,
): InboundRecord {
  return {
    source: event.source,
    eventId: event.id,
    fingerprint: fingerprintOf(event),
    outcome,
    recordedAt: now,
    expiresAt: now + REMEMBER_MS,
  };
}
