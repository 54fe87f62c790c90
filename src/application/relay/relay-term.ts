import { createEventContexts } from '#application/relay/event-contexts.ts';
import { handOver, type Departure } from '#application/relay/hand-over.ts';
import {
  letterHeaders,
  outgoingMessage,
  type Outgoing,
} from '#application/relay/outgoing-message.ts';
import {
  ALL_WORKFLOWS,
  isOfShare,
  nameOfShare,
  type RelayShare,
} from '#application/relay/relay-shares.ts';
import type { CursorStore } from '#application/ports/cursor-store.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { EventPublisher } from '#application/ports/event-bus.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { FeedEvent, WorkflowStore } from '#application/ports/workflow-store.ts';
import type { Workflows } from '#application/workflows.ts';
import type { EventContext } from '#application/events/public-event.ts';
import { eventId } from '#domain/workflow/events.ts';

/** Events read, and so published, in one go: one look-up of contexts, one save of the cursor. */
const PAGE = 500;

export type RelayParts = {
  readonly store: Pick<WorkflowStore, 'readFeed'> & CursorStore;
  readonly workflows: Pick<Workflows, 'loadMany'>;
  readonly bus: EventPublisher;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly outgoing: Outgoing;
  readonly deadLetterTopic: string;
  /** Whose events it publishes; by default all. */
  readonly share?: RelayShare;
};

/** The time in which one process leads the relay. */
export type RelayTerm = {
  /**
   * Publishes the next page of the feed and saves how far it has come.
   * @returns 'more': the page was full; 'idle': all is published; 'over': another process has taken the relay over
   * @throws BusUnavailableError, StoreUnavailableError: nothing is lost, the same page is tried again next time
   */
  publishNext(): Promise<'more' | 'idle' | 'over'>;
};

/**
 * Takes the relay, or a share of it, over: the log is the outbox, and its feed is published from where the last term has saved its cursor.
 *
 * 1. Events of one workflow leave in log order: pages follow one another, each is published whole before the next is read.
 * 2. At least once: the cursor is saved after all replicas have the page. A crash in between, or a leader that was paused and
 *    goes on beside its successor, repeats events under the same ids. It can neither leave one out nor bring its first
 *    occurrence out of order, because every term begins at or before what is unpublished and goes on from there in order.
 * 3. What can never go out is a dead letter, not a dam.
 */
export async function beginRelayTerm(parts: RelayParts): Promise<RelayTerm> {
  const { store, bus, clock, logger, outgoing, deadLetterTopic, share = ALL_WORKFLOWS } = parts;
  const cursor = nameOfShare(share);
  const claim = await store.claimCursor(cursor);
  const contexts = createEventContexts(parts.workflows);
  let position = claim.position;

  function depart(recorded: FeedEvent, found: ReadonlyMap<string, EventContext>): Departure[] {
    const attributes = letterHeaders(recorded);
    if (attributes === null) return [];
    const envelope = { key: recorded.workflowId, attributes };
    try {
      const message = outgoingMessage(recorded, found.get(recorded.workflowId) ?? null, outgoing);
      return message === null ? [] : [{ ...envelope, message }];
    } catch (error) {
      logger.error(`event ${eventId(recorded)} can not be told`, {
        workflowId: recorded.workflowId,
        error,
      });
      return [{ ...envelope, unpublishable: String(error) }];
    }
  }

  return {
    async publishNext() {
      const page = await store.readFeed(position, PAGE);
      if (page.events.length === 0) return 'idle';
      const own = page.events.filter(({ workflowId }) => isOfShare(workflowId, share));
      const found = await contexts.of(own);
      const departures = own.flatMap((recorded) => depart(recorded, found));
      await handOver({ bus, clock, logger, topic: outgoing.topic, deadLetterTopic }, departures);
      if (!(await store.saveCursor(cursor, claim.fence, page.position))) return 'over';
      position = page.position;
      return page.events.length === PAGE ? 'more' : 'idle';
    },
  };
}
