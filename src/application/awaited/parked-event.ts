import type { IncomingEvent } from '#application/inbound/incoming-event.ts';
import { textAt } from '#application/inbound/text-at.ts';
import type { ParkedEvent } from '#application/ports/event-waits.ts';
import { lookup } from '#domain/definition/json-pointer.ts';

/** An event for steps, under the name that definitions have for it. */
export type ToldEvent = {
  readonly name: string;
  readonly event: Pick<IncomingEvent, 'source' | 'id' | 'type' | 'subject' | 'data'>;
};

/** An event as it is parked for the steps of a service. */
export function parkedEvent(
  event: IncomingEvent,
  place: {
    readonly service: string;
    readonly key: string;
    readonly name: string;
    readonly parkedAt: number;
    readonly expiresAt: number;
  },
): ParkedEvent {
  const { name, ...rest } = place;
  return { ...rest, source: event.source, eventId: event.id, event: { ...event, name } };
}

/** What `parkedEvent` wrote, whichever release it was. */
export function readParked({ event, source, eventId }: ParkedEvent): ToldEvent {
  const data = lookup(event, '/data');
  return {
    name: textAt(event, '/name') ?? '',
    event: {
      source,
      id: eventId,
      type: textAt(event, '/type'),
      subject: textAt(event, '/subject'),
      data: data.found ? data.value : null,
    },
  };
}
