import {
  BusUnavailableError,
  MessageRefusedError,
  type BusMessage,
  type EventPublisher,
} from '#application/ports/event-bus.ts';

export type FakeEventBus = EventPublisher & {
  /** All that got through, in its order. */
  readonly sent: readonly BusMessage[];
  /** What the next calls to publish meet, in turn; then all goes well again. */
  meet(...fates: readonly Fate[]): void;
  /** Refuses every call with such a message in it. */
  refuse(when: (message: BusMessage) => boolean): void;
  /** Unavailable until told otherwise. */
  isDown: boolean;
};

/**
 * away: nothing gets through. response lost: all gets through, and still it is an error. half: the first half gets through, and it
 * is an error.
 */
export type Fate = 'away' | 'response lost' | 'half';

/** A fake: keeps what is published, and fails in the ways of a bus. */
export function fakeEventBus(): FakeEventBus {
  const sent: BusMessage[] = [];
  const fates: Fate[] = [];
  let refused: (message: BusMessage) => boolean = () => false;
  const bus: FakeEventBus = {
    sent,
    isDown: false,
    meet: (...next) => void fates.push(...next),
    refuse(when) {
      refused = when;
    },
    async publish(messages) {
      const fate = bus.isDown ? 'away' : fates.shift();
      if (fate === 'away') throw new BusUnavailableError('the fake is away');
      if (messages.some(refused)) throw new MessageRefusedError('MESSAGE_TOO_LARGE');
      const through = fate === 'half' ? messages.slice(0, messages.length / 2) : messages;
      sent.push(...through);
      if (fate !== undefined) throw new BusUnavailableError(`the fake: ${fate}`);
    },
  };
  return bus;
}
