import { parseJson } from '#domain/parse-json.ts';
import { z } from 'zod';
import type { Commit } from '#application/ports/workflow-store.ts';
import { isJsonObject, type Json } from '#domain/json.ts';
import type { RecordedEvent, WorkflowEvent } from '#domain/workflow/events.ts';
import { CorruptRecordError } from '#adapters/mongo/corrupt-record-error.ts';
import { time } from '#adapters/mongo/read-document.ts';
import { EVENT_SCHEMA, upcastEvent } from '#adapters/mongo/upcast-event.ts';

/**
 * A commit as an element of a log, in the workflow's document or in a chunk. It is written once and never changed.
 * Events are JSON text: BSON has no place for keys that hold a NUL, and would replace lone surrogates.
 */
export const storedCommit = z.object({
  /** Version of its first event. */
  from: z.int().positive(),
  /** Made for this very commit: whoever asks whether his write went through finds it, or another one. */
  token: z.string(),
  /** Of the events within. */
  schema: z.int().positive(),
  events: z.array(z.object({ at: time, data: z.string() })).min(1),
});
export type StoredCommit = z.output<typeof storedCommit>;
export type StoredCommitDocument = z.input<typeof storedCommit>;

/** What BSON adds to the text of an event: keys, types, lengths, the time. */
const BYTES_PER_EVENT = 40;
const BYTES_PER_COMMIT = 100;

/** @returns the element, and about how many bytes it takes */
export function toStoredCommit(
  { expectedVersion, events }: Commit,
  token: string,
): { readonly stored: StoredCommitDocument; readonly bytes: number } {
  const stored = {
    from: expectedVersion + 1,
    token,
    schema: EVENT_SCHEMA,
    events: events.map(({ occurredAt, event }) => ({
      at: new Date(occurredAt),
      data: JSON.stringify(event),
    })),
  };
  const bytes = stored.events.reduce(
    (sum, { data }) => sum + Buffer.byteLength(data) + BYTES_PER_EVENT,
    BYTES_PER_COMMIT,
  );
  return { stored, bytes };
}

/** @throws CorruptRecordError naming workflow and version */
export function toRecordedEvents(
  workflowId: string,
  { from, schema, events }: StoredCommit,
): readonly RecordedEvent[] {
  return events.map(({ at, data }, index) => {
    const version = from + index;
    const record = `event ${version} of workflow ${workflowId}`;
    const event = upcastEvent(parse(data, record), schema, record);
    return { workflowId, version, occurredAt: at, event: asEvent(event, record) };
  });
}

function parse(data: string, record: string): Json {
  try {
    return parseJson(data);
  } catch (error) {
    throw new CorruptRecordError(record, 'data is not JSON', error);
  }
}

function asEvent(value: Json, record: string): WorkflowEvent {
  if (!isEvent(value)) throw new CorruptRecordError(record, 'data is no event');
  return value;
}

/** What we wrote as an event is taken to be one: a log is not validated field by field at every read. */
function isEvent(value: Json): value is Json & WorkflowEvent {
  return isJsonObject(value) && typeof value['type'] === 'string';
}
