import { unsentLetter } from '#application/dead-letters/dead-letter.ts';
import type { DeadLetterReason } from '#application/dead-letters/dead-letter.ts';
import { postDeadLetter } from '#application/dead-letters/post-dead-letter.ts';
import type { Clock } from '#application/ports/clock.ts';
import {
  MessageRefusedError,
  type BusMessage,
  type EventPublisher,
} from '#application/ports/event-bus.ts';
import type { Logger } from '#application/ports/logger.ts';

/** An event on its way out. */
export type Departure = {
  /** Workflow id. */
  readonly key: string;
  /** CloudEvents attributes as headers: what names the event where its value can't be. */
  readonly attributes: ReadonlyMap<string, string>;
} & ({ readonly message: BusMessage } | { readonly unpublishable: string });

/** Bytes of values sent at once. A broker takes a batch of at most 1 MiB by default, however small its messages are. */
const MAX_BATCH_BYTES = 512 * 1024;

type HandOverParts = {
  readonly bus: EventPublisher;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly topic: string;
  readonly deadLetterTopic: string;
};

/**
 * Publishes events in their order, in batches. What the bus refuses, and what can't be told at all, becomes a dead letter with the
 * reason, in its turn: whatever comes after it goes on.
 * @throws BusUnavailableError: any of them may have gone out or not
 */
export async function handOver(
  parts: HandOverParts,
  departures: readonly Departure[],
): Promise<void> {
  for (const batch of inBatches(departures)) {
    const messages = batch.flatMap((departure) =>
      'message' in departure ? [departure.message] : [],
    );
    if (messages.length === batch.length && (await accepts(parts.bus, messages))) continue;
    for (const departure of batch) await sendAlone(parts, departure);
  }
}

async function sendAlone(parts: HandOverParts, departure: Departure): Promise<void> {
  if ('unpublishable' in departure) {
    return await bury(parts, departure, 'unpublishable', departure.unpublishable);
  }
  try {
    await parts.bus.publish([departure.message]);
  } catch (error) {
    if (!(error instanceof MessageRefusedError)) throw error;
    await bury(parts, departure, 'refused-by-bus', error.reason);
  }
}

async function bury(
  { bus, clock, logger, topic, deadLetterTopic }: HandOverParts,
  departure: Departure,
  reason: DeadLetterReason,
  detail: string,
): Promise<void> {
  const { key, attributes } = departure;
  const bytes = bytesOf(departure);
  const death = { reason, detail, at: clock.now() };
  await postDeadLetter(
    bus,
    deadLetterTopic,
    unsentLetter({ topic, key, bytes }, attributes, death),
  );
  logger.error('an event could not be published: it is among the dead letters', {
    workflowId: key,
    eventId: attributes.get('ce_id'),
    reason,
    detail,
    bytes,
  });
}

/** @returns false: one of them is refused */
async function accepts(bus: EventPublisher, messages: readonly BusMessage[]): Promise<boolean> {
  try {
    await bus.publish(messages);
    return true;
  } catch (error) {
    if (error instanceof MessageRefusedError) return false;
    throw error;
  }
}

function inBatches(departures: readonly Departure[]): readonly (readonly Departure[])[] {
  const batches: Departure[][] = [];
  let room = 0;
  for (const departure of departures) {
    const bytes = bytesOf(departure);
    const current = batches.at(-1);
    if (current === undefined || bytes > room) {
      batches.push([departure]);
      room = MAX_BATCH_BYTES;
    } else current.push(departure);
    room -= bytes;
  }
  return batches;
}

/** Of the value; 0 where there is none. */
function bytesOf(departure: Departure): number {
  const value = 'message' in departure ? departure.message.value : null;
  if (value === null) return 0;
  return typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength;
}
