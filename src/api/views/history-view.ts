import type { HistoryResponse } from '#api/schemas/events.ts';
import { iso } from '#api/views/iso.ts';
import { EVENT_TYPE_PREFIX } from '#application/events/cloud-event.ts';
import { toPublicEvent, type EventContext } from '#application/events/public-event.ts';
import { eventId, type RecordedEvent } from '#domain/workflow/events.ts';

/** The full log of one workflow in its public form, internal events included. */
export function historyView(log: readonly RecordedEvent[], context: EventContext): HistoryResponse {
  return {
    items: log.map((recorded) => {
      const { suffix, data } = toPublicEvent(recorded, context);
      return {
        eventId: eventId(recorded),
        eventType: recorded.event.type,
        version: recorded.version,
        occurredAt: iso(recorded.occurredAt),
        type: suffix === null ? null : EVENT_TYPE_PREFIX + suffix,
        data,
      };
    }),
  };
}
