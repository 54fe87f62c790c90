import { DEAD_LETTER_HEADERS, DEAD_LETTER_REASONS } from '#application/dead-letters/dead-letter.ts';
import type { ReceivedMessage } from '#application/ports/event-bus.ts';

/** A letter as it lies in the dead-letter topic. What it says of itself is read leniently: others may write there too. */
export type StoredLetter = {
  /** `<partition>/<offset>` in the dead-letter topic: its name. */
  readonly place: string;
  readonly reason: string;
  readonly detail: string;
  /** ISO 8601; empty: it does not say. */
  readonly diedAt: string;
  /** Where it was, or was to go; the last two are empty for what never went out. */
  readonly origin: { readonly topic: string; readonly partition: string; readonly offset: string };
  /** Bytes of the value, where it was too large to be kept; null: what there was is here. */
  readonly omittedBytes: number | null;
  readonly replayed: boolean;
  readonly message: ReceivedMessage;
};

const text = new TextDecoder();

/** @param messages the whole dead-letter topic @returns its letters, the oldest first */
export function readLetters(messages: readonly ReceivedMessage[]): readonly StoredLetter[] {
  const replayed = new Set(messages.map((message) => said(message, DEAD_LETTER_HEADERS.replayed)));
  return messages
    .filter(({ headers }) => !headers.has(DEAD_LETTER_HEADERS.replayed))
    .map((message) => {
      const place = `${message.partition}/${message.offset}`;
      const omitted = said(message, DEAD_LETTER_HEADERS.omitted);
      return {
        place,
        reason: said(message, DEAD_LETTER_HEADERS.reason),
        detail: said(message, DEAD_LETTER_HEADERS.detail),
        diedAt: said(message, DEAD_LETTER_HEADERS.diedAt),
        origin: {
          topic: said(message, DEAD_LETTER_HEADERS.topic),
          partition: said(message, DEAD_LETTER_HEADERS.partition),
          offset: said(message, DEAD_LETTER_HEADERS.offset),
        },
        omittedBytes: omitted === '' ? null : Number(omitted),
        replayed: replayed.has(place),
        message,
      };
    })
    .toSorted((a, b) => a.diedAt.localeCompare(b.diedAt));
}

/** Is this a reason that we give? */
export function isReason(word: string): boolean {
  return DEAD_LETTER_REASONS.some((reason) => reason === word);
}

function said({ headers }: ReceivedMessage, name: string): string {
  return text.decode(headers.get(name) ?? new Uint8Array());
}
