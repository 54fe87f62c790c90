import type { PublicEvent } from '#application/events/public-event.ts';
import type { JsonObject } from '#domain/json.ts';
import { eventId, type RecordedEvent } from '#domain/workflow/events.ts';

/** CloudEvents 1.0 in structured JSON, as on Kafka and in the event stream (SPEC 6). */
export type CloudEvent = {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  /** ISO 8601 */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: JsonObject;
};

export const WORKFLOW_EVENT_SOURCE = '/wes/orchestration/workflows';
export const EVENT_TYPE_PREFIX = 'com.paklog.wes.orchestration.';

/**
 * The envelope of a published event. Its id is that of the log entry: a redelivery repeats it.
 * @returns null for an internal event, which has no envelope
 */
export function toCloudEvent(recorded: RecordedEvent, event: PublicEvent): CloudEvent | null {
  if (event.suffix === null) return null;
  return {
    specversion: '1.0',
    id: eventId(recorded),
    source: WORKFLOW_EVENT_SOURCE,
    type: EVENT_TYPE_PREFIX + event.suffix,
    subject: `workflow/${recorded.workflowId}`,
    time: new Date(recorded.occurredAt).toISOString(),
    datacontenttype: 'application/json',
    data: event.data,
  };
}
