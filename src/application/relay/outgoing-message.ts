import {
  EVENT_TYPE_PREFIX,
  toCloudEvent,
  WORKFLOW_EVENT_SOURCE,
  type CloudEvent,
} from '#application/events/cloud-event.ts';
import {
  publishedSuffix,
  toPublicEvent,
  type EventContext,
} from '#application/events/public-event.ts';
import type { BusMessage } from '#application/ports/event-bus.ts';
import { eventId, type RecordedEvent } from '#domain/workflow/events.ts';

/** How events leave (SPEC 6): the whole CloudEvent as the value, or its attributes as headers and its data as the value. */
export const EVENT_FORMATS = ['structured', 'binary'] as const;
export type EventFormat = (typeof EVENT_FORMATS)[number];

export type Outgoing = { readonly topic: string; readonly format: EventFormat };

/**
 * The message of a published event: key = workflow id, so that the events of one workflow stay in order.
 * @returns null for an internal event
 * @throws Error when the event needs a context and has none
 */
export function outgoingMessage(
  recorded: RecordedEvent,
  context: EventContext | null,
  { topic, format }: Outgoing,
): BusMessage | null {
  const cloudEvent = toCloudEvent(recorded, toPublicEvent(recorded, context));
  if (cloudEvent === null) return null;
  return { topic, key: recorded.workflowId, ...encode(cloudEvent, format) };
}

/** A CloudEvent as value and headers of Kafka's protocol binding. */
export function encode(
  cloudEvent: CloudEvent,
  format: EventFormat,
): Pick<BusMessage, 'value' | 'headers'> {
  if (format === 'structured') {
    const headers = new Map([['content-type', 'application/cloudevents+json; charset=utf-8']]);
    return { value: JSON.stringify(cloudEvent), headers };
  }
  const { data, datacontenttype, ...attributes } = cloudEvent;
  const headers = Object.entries(attributes).map(
    ([name, value]) => [`ce_${name}`, value] satisfies [string, string],
  );
  return {
    value: JSON.stringify(data),
    headers: new Map([...headers, ['content-type', datacontenttype]]),
  };
}

/** The attributes that name a published event, as headers; null for an internal one. They need neither its data nor a context. */
export function letterHeaders(recorded: RecordedEvent): ReadonlyMap<string, string> | null {
  const suffix = publishedSuffix(recorded.event.type);
  if (suffix === null) return null;
  return new Map([
    ['ce_specversion', '1.0'],
    ['ce_id', eventId(recorded)],
    ['ce_source', WORKFLOW_EVENT_SOURCE],
    ['ce_type', EVENT_TYPE_PREFIX + suffix],
    ['ce_subject', `workflow/${recorded.workflowId}`],
    ['ce_time', new Date(recorded.occurredAt).toISOString()],
  ]);
}
