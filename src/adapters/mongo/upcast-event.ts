import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';
import { CorruptRecordError } from '#adapters/mongo/corrupt-record-error.ts';

/**
 * Logs are kept for ever and never rewritten, so an event that was recorded by an older release is brought into today's
 * form whenever it is read: step by step, one step per schema number. A step that has been released is never edited.
 */
type Upcaster = (event: JsonObject) => JsonObject;

const UPCASTERS: readonly Upcaster[] = [
  // 1 -> 2: that an undo may have found nothing to undo was not recorded; each counted as undone.
  (event) =>
    event['type'] === 'StepCompensated' && event['resolution'] === undefined
      ? { ...event, resolution: 'undone' }
      : event,
];

/** The schema that events are recorded in today. */
export const EVENT_SCHEMA = UPCASTERS.length + 1;

/**
 * @param schema the one it was recorded in
 * @throws CorruptRecordError when a newer release has recorded it: what it means is not known here
 */
export function upcastEvent(event: Json, schema: number, record: string): Json {
  if (schema > EVENT_SCHEMA) {
    throw new CorruptRecordError(
      record,
      `it has schema ${schema}, this release knows schemas up to ${EVENT_SCHEMA}`,
    );
  }
  if (!isJsonObject(event)) return event;
  return UPCASTERS.slice(schema - 1).reduce((older, upcast) => upcast(older), event);
}
