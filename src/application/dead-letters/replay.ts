import { DEAD_LETTER_HEADERS, OUR_HEADERS } from '#application/dead-letters/dead-letter.ts';
import type { StoredLetter } from '#application/dead-letters/read-letters.ts';
import type { BusMessage, EventPublisher } from '#application/ports/event-bus.ts';

/** On a message that was sent again: the name that a bare message had before, `topic/partition/offset`. */
export const REPLAY_HEADER = 'wes-replay-of';

/**
 * Sends a letter again to where it came from, as it was, and makes a note of it beside the letters. Sent twice it takes effect once:
 * its name stays what it was.
 * @returns why it can't be sent again; null: it was
 * @throws BusUnavailableError, MessageRefusedError
 */
export async function replayLetter(
  bus: EventPublisher,
  deadLetterTopic: string,
  letter: StoredLetter,
): Promise<string | null> {
  const { place, origin, omittedBytes, message } = letter;
  const { topic, partition, offset } = origin;
  if (topic === '') return 'it does not say where it came from';
  if (offset === '')
    return 'it never went out: it is in the log of its workflow, which is not sent twice';
  if (omittedBytes !== null) {
    return `its ${omittedBytes} bytes were too many to be kept: it is at ${topic}/${partition}/${offset} as long as that topic keeps it`;
  }
  const theirs = [...message.headers].filter(([name]) => !name.startsWith(OUR_HEADERS));
  const again: BusMessage = {
    topic,
    key: message.key,
    value: message.value,
    headers: new Map<string, Uint8Array | string>([
      ...theirs,
      // One that is replayed for the second time keeps the name that it had at first.
      [REPLAY_HEADER, message.headers.get(REPLAY_HEADER) ?? `${topic}/${partition}/${offset}`],
    ]),
  };
  const note: BusMessage = {
    topic: deadLetterTopic,
    key: null,
    value: null,
    headers: new Map([[DEAD_LETTER_HEADERS.replayed, place]]),
  };
  await bus.publish([again]);
  await bus.publish([note]);
  return null;
}
