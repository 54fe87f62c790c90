import type { BusMessage, ReceivedMessage } from '#application/ports/event-bus.ts';

export const DEAD_LETTER_REASONS = [
  /** Going out: the bus refuses it, e.g. because of its size. */
  'refused-by-bus',
  /** Going out: what the log holds can't be told as an event. */
  'unpublishable',
  /** Coming in: not what it has to be to be read at all. */
  'undecodable',
  /** Coming in: there is no trigger, no workflow or no step for it. */
  'unmatched',
  /** Coming in: it asks for what can't be done, such as a start with wrong input. */
  'rejected',
  /** Coming in: an event of the same source and id, with another content, was here before. */
  'id-reused',
  /** Coming in: it failed as often as it was tried. */
  'failed',
] as const;
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

/** Headers of a dead letter, beside those that the message had; their values are UTF-8 text. */
export const DEAD_LETTER_HEADERS = {
  reason: 'wes-dead-reason',
  /** For people. */
  detail: 'wes-dead-detail',
  /** When it died, ISO 8601. */
  diedAt: 'wes-dead-at',
  topic: 'wes-original-topic',
  partition: 'wes-original-partition',
  offset: 'wes-original-offset',
  /** ISO 8601 */
  timestamp: 'wes-original-timestamp',
  /** Bytes of a value that could not be kept. A message that came in is still in its topic, an event of ours in the log. */
  omitted: 'wes-value-omitted-bytes',
  /** On a note beside the letters: the letter at `<partition>/<offset>` of this topic was sent again. */
  replayed: 'wes-dead-replayed',
} as const;

/** All headers that are ours begin so. */
export const OUR_HEADERS = 'wes-';

export type Death = {
  readonly reason: DeadLetterReason;
  readonly detail: string;
  /** epoch ms */
  readonly at: number;
};

/** A message without the topic that it goes to. */
export type Letter = Omit<BusMessage, 'topic'>;

/** Brokers take 1 MiB by default, headers included: beyond this the value is left out. */
const MAX_VALUE_BYTES = 900_000;
const MAX_DETAIL_CHARACTERS = 2000;

/** A message that came in: key, value and headers as they were, and where, when and why it died. */
export function letterOf(message: ReceivedMessage, death: Death): Letter {
  const { partition, offset, timestamp, key, value } = message;
  const omitted = value !== null && value.byteLength > MAX_VALUE_BYTES ? value.byteLength : null;
  return {
    key,
    value: omitted === null ? value : null,
    headers: new Map<string, Uint8Array | string>([
      ...message.headers,
      ...deathHeaders(death),
      [DEAD_LETTER_HEADERS.topic, message.topic],
      [DEAD_LETTER_HEADERS.partition, String(partition)],
      [DEAD_LETTER_HEADERS.offset, offset],
      [DEAD_LETTER_HEADERS.timestamp, new Date(timestamp).toISOString()],
      ...omission(omitted),
    ]),
  };
}

/** An event of ours that could not go out to a topic, named by `attributes`. Its value is left to the log. */
export function unsentLetter(
  event: { readonly topic: string; readonly key: string; readonly bytes: number },
  attributes: ReadonlyMap<string, string>,
  death: Death,
): Letter {
  return {
    key: event.key,
    value: null,
    headers: new Map([
      ...attributes,
      ...deathHeaders(death),
      [DEAD_LETTER_HEADERS.topic, event.topic],
      ...omission(event.bytes),
    ]),
  };
}

/** What is left of a letter that is itself refused: where it came from, and why. */
export function bareLetter({ value, headers }: Letter): Letter {
  const ours = [...headers].filter(([name]) => name.startsWith(OUR_HEADERS));
  const bytes = value === null ? null : new Blob([value]).size;
  return { key: null, value: null, headers: new Map([...ours, ...omission(bytes)]) };
}

function deathHeaders({ reason, detail, at }: Death): [string, string][] {
  return [
    [DEAD_LETTER_HEADERS.reason, reason],
    [DEAD_LETTER_HEADERS.detail, detail.slice(0, MAX_DETAIL_CHARACTERS).toWellFormed()],
    [DEAD_LETTER_HEADERS.diedAt, new Date(at).toISOString()],
  ];
}

function omission(bytes: number | null): [string, string][] {
  return bytes === null ? [] : [[DEAD_LETTER_HEADERS.omitted, String(bytes)]];
}
