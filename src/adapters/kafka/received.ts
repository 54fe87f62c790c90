import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { ReceivedMessage } from '#application/ports/event-bus.ts';

/** A message of kafkajs as the port knows it. */
export function toReceived(
  topic: string,
  partition: number,
  { offset, timestamp, key, value, headers }: KafkaMessage,
): ReceivedMessage {
  return {
    topic,
    partition,
    offset,
    timestamp: Number(timestamp),
    key,
    value,
    headers: toHeaders(headers ?? {}),
  };
}

function toHeaders(headers: IHeaders): ReadonlyMap<string, Uint8Array> {
  const entries = Object.entries(headers).flatMap(([name, value]): [string, Uint8Array][] => {
    // kafkajs gives a list for headers of one name; for one without a value it may give nothing at all.
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last === undefined || last === null) return [];
    return [[name, typeof last === 'string' ? Buffer.from(last) : last]];
  });
  return new Map(entries);
}
