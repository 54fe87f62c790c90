import type { Json } from '#domain/json.ts';

/** A step that waits for an event of a service. Times are epoch ms. */
export type EventWait = {
  /** Keys are the service's own: two services may use the same one. */
  readonly service: string;
  readonly key: string;
  readonly workflowId: string;
  readonly stepId: string;
};

/** An event that nobody waits for yet; with source and id it is there once. */
export type ParkedEvent = {
  readonly service: string;
  readonly key: string;
  readonly source: string;
  readonly eventId: string;
  /** The event with all that its use needs. */
  readonly event: Json;
  readonly parkedAt: number;
  /** From then on `expiredEvents` tells of it. */
  readonly expiresAt: number;
};

/**
 * The index from (service, key) to the waiting step, and the events that came before their wait (SPEC 7).
 *
 * Invariants, proven by test/contracts/event-waits.ts on every adapter:
 * 1. Of a wait and an event that come at the same moment at least one learns of the other: each is written first, then looks.
 * 2. All is durable when it is answered. Said twice, it is there once.
 */
export interface EventWaits {
  /** Registers the wait. @returns the events parked for it, oldest first; they stay parked until they are dropped */
  expectEvent(wait: EventWait): Promise<readonly ParkedEvent[]>;
  /** Parks the event. @returns the waits that it meets; it stays parked until it is dropped */
  deliverEvent(event: ParkedEvent): Promise<readonly EventWait[]>;
  forgetWait(wait: EventWait): Promise<void>;
  dropParked(event: Pick<ParkedEvent, 'source' | 'eventId'>): Promise<void>;
  /** Parked events whose time is over at `now`, the oldest first; they stay until they are dropped. */
  expiredEvents(now: number, limit: number): Promise<readonly ParkedEvent[]>;
}
