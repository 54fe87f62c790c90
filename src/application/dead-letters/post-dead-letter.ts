import { bareLetter, type Letter } from '#application/dead-letters/dead-letter.ts';
import { MessageRefusedError, type EventPublisher } from '#application/ports/event-bus.ts';

/**
 * Sends a letter to the dead-letter topic; one that is refused there too (its headers may be what is too large) is reduced to
 * what is ours.
 * @throws BusUnavailableError
 */
export async function postDeadLetter(
  bus: EventPublisher,
  topic: string,
  letter: Letter,
): Promise<void> {
  try {
    await bus.publish([{ ...letter, topic }]);
  } catch (error) {
    if (!(error instanceof MessageRefusedError)) throw error;
    await bus.publish([{ ...bareLetter(letter), topic }]);
  }
}
