import type { EventWait, ParkedEvent } from '#application/ports/event-waits.ts';

/** Waiting steps and parked events. Synchronous, hence atomic; every look-up goes through all of them. */
export type Waits = {
  expect(wait: EventWait): readonly ParkedEvent[];
  deliver(event: ParkedEvent): readonly EventWait[];
  forget(wait: EventWait): void;
  drop(event: Pick<ParkedEvent, 'source' | 'eventId'>): void;
  expired(now: number, limit: number): readonly ParkedEvent[];
};

type Place = Pick<EventWait, 'service' | 'key'>;

export function createWaits(): Waits {
  const waits = new Map<string, EventWait>();
  /** As text, in the order in which they came: whoever reads one gets a copy of his own. */
  const parked = new Map<string, string>();

  // oxlint-disable-next-line typescript/no-unsafe-return -- our own text, written a moment ago
  const allParked = () => [...parked.values()].map((text): ParkedEvent => JSON.parse(text));

  return {
    expect(wait) {
      waits.set(waitName(wait), { ...wait });
      return allParked()
        .filter((event) => meet(event, wait))
        .toSorted((a, b) => a.parkedAt - b.parkedAt);
    },
    deliver(event) {
      const name = parkedName(event);
      if (!parked.has(name)) parked.set(name, JSON.stringify(event));
      return [...waits.values()].filter((wait) => meet(event, wait)).map((wait) => ({ ...wait }));
    },
    forget(wait) {
      waits.delete(waitName(wait));
    },
    drop(event) {
      parked.delete(parkedName(event));
    },
    expired: (now, limit) =>
      allParked()
        .filter(({ expiresAt }) => expiresAt <= now)
        .toSorted((a, b) => a.expiresAt - b.expiresAt)
        .slice(0, limit),
  };
}

function meet(a: Place, b: Place): boolean {
  return a.service === b.service && a.key === b.key;
}

function waitName({ service, key, workflowId, stepId }: EventWait): string {
  return JSON.stringify([service, key, workflowId, stepId]);
}

function parkedName({ source, eventId }: Pick<ParkedEvent, 'source' | 'eventId'>): string {
  return JSON.stringify([source, eventId]);
}
