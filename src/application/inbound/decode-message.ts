import { isJsonType, readAttributes } from '#application/inbound/cloud-event-envelope.ts';
import type { IncomingEvent, Origin } from '#application/inbound/incoming-event.ts';
import { jsonOf, MAX_MESSAGE_BYTES } from '#application/inbound/json-body.ts';
import { REPLAY_HEADER } from '#application/dead-letters/replay.ts';
import { headerText, UndecodableError } from '#application/inbound/message-text.ts';
import { textAt } from '#application/inbound/text-at.ts';
import type { ReceivedMessage } from '#application/ports/event-bus.ts';
import { lookup } from '#domain/definition/json-pointer.ts';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';

/** Where the messages of a topic that are bare JSON have what CloudEvents would say; all are JSON Pointers into the message. */
export type BareFormat = {
  /** null: topic, partition and offset name the event. */
  readonly id: string | null;
  readonly type: string | null;
  readonly data: string;
};

const PLAIN: BareFormat = { id: null, type: null, data: '' };

/**
 * Reads a message as an event: CloudEvents in structured or binary mode, or bare JSON (SPEC 7).
 * @throws UndecodableError that says what is wrong with it
 */
export function decodeMessage(
  message: ReceivedMessage,
  bare: ReadonlyMap<string, BareFormat>,
): IncomingEvent {
  const { topic, headers, value } = message;
  if (value === null) throw new UndecodableError('the message has no value');
  if (value.byteLength > MAX_MESSAGE_BYTES) {
    throw new UndecodableError(
      `the message has ${value.byteLength} bytes, more than ${MAX_MESSAGE_BYTES}`,
    );
  }
  const contentType = headerText(headers, 'content-type');
  if (contentType?.startsWith('application/cloudevents-batch')) {
    throw new UndecodableError('the message is a batch of events, which Kafka messages may not be');
  }
  const isStructured = contentType?.startsWith('application/cloudevents') ?? false;
  if (!isStructured && headers.has('ce_specversion')) return binary(message, contentType, value);
  const body = jsonOf(value, 'the message');
  if (!isJsonObject(body)) throw new UndecodableError('the message is no JSON object');
  // Many producers forget the content type; no bare message has this member by chance.
  if (isStructured || Object.hasOwn(body, 'specversion'))
    return readStructured(body, originOf(message));
  return bareEvent(body, message, bare.get(topic) ?? PLAIN);
}

/**
 * A CloudEvent in structured mode.
 * @param origin null: it came by the API
 * @throws UndecodableError that says what is wrong with it
 */
export function readStructured(body: JsonObject, origin: Origin | null): IncomingEvent {
  const attributes = readAttributes(body);
  const { data_base64: encoded } = body;
  const inBase64 = typeof encoded === 'string';
  if (!isJsonType(attributes.datacontenttype)) throw notJson(attributes.datacontenttype);
  const data = inBase64 ? jsonOf(Buffer.from(encoded, 'base64'), 'data_base64') : body['data'];
  return event(attributes, data ?? null, origin);
}

function binary(
  message: ReceivedMessage,
  contentType: string | undefined,
  value: Uint8Array,
): IncomingEvent {
  const { headers } = message;
  const given: [string, string | undefined][] = [...headers.keys()]
    .filter((name) => name.startsWith('ce_'))
    .map((name) => [name.slice('ce_'.length), headerText(headers, name)]);
  const attributes = readAttributes(Object.fromEntries(given));
  if (!isJsonType(contentType)) throw notJson(contentType);
  return event(attributes, jsonOf(value, 'the data'), originOf(message));
}

function bareEvent(body: JsonObject, message: ReceivedMessage, format: BareFormat): IncomingEvent {
  const { topic, partition, offset, headers } = message;
  const data = lookup(body, format.data);
  if (!data.found) throw new UndecodableError(`the message has no data at ${format.data}`);
  const place = headerText(headers, REPLAY_HEADER) ?? `${topic}/${partition}/${offset}`;
  return {
    source: `kafka:${topic}`,
    id: format.id === null ? place : nameAt(body, format.id),
    type: format.type === null ? null : nameAt(body, format.type),
    subject: null,
    time: null,
    data: data.value,
    origin: originOf(message),
  };
}

function nameAt(body: JsonObject, pointer: string): string {
  const name = textAt(body, pointer);
  if (name !== null && name !== '' && name.length <= 500) return name;
  throw new UndecodableError(`the message has no name of 1 to 500 characters at ${pointer}`);
}

function event(
  { id, source, type, subject, time }: ReturnType<typeof readAttributes>,
  data: Json,
  origin: Origin | null,
): IncomingEvent {
  return { source, id, type, subject: subject ?? null, time: time ?? null, data, origin };
}

function notJson(contentType: string | null | undefined): UndecodableError {
  return new UndecodableError(`the data is ${String(contentType)}, not JSON`);
}

function originOf({ topic, partition, offset }: ReceivedMessage): Origin {
  return { topic, partition, offset };
}
