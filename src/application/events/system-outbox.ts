import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { EVENT_TYPE_PREFIX, type CloudEvent } from '#application/events/cloud-event.ts';
import { SYSTEM_EVENT_SOURCE } from '#application/events/published-schemas.ts';
import type { Rebalance } from '#application/ports/load-board.ts';
import { createLeaderNote } from '#application/leader-note.ts';
import type { CursorStore } from '#application/ports/cursor-store.ts';
import { parseJson } from '#domain/parse-json.ts';

/*
 * Events of the system as a whole have no workflow whose log could hold them. The newest are kept in the store as one note, numbered;
 * the relay publishes what is beyond the number it has noted.
 *
 * Who owns what: the monitor that leads writes the events, the relay that leads the number, each under the fence of its note: an
 * earlier leader that goes on beside the present one writes nothing. Events are seldom (a rebalancing every 30 s at most), so one
 * small note written whole is enough.
 */

const EVENTS = 'system-events';
const PUBLISHED = 'system-events-published';

/** While there is no bus nobody takes events away: the oldest are forgotten. */
const KEPT = 200;

const cloudEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: z.string(),
  datacontenttype: z.literal('application/json'),
  data: z.record(z.string(), z.json()),
});
const outboxSchema = z.array(z.object({ version: z.int().min(1), event: cloudEvent }));

export type SystemEvent = { readonly version: number; readonly event: CloudEvent };

/** The writing end: a monitor's, for one term. */
export function createSystemOutbox(store: CursorStore) {
  const note = createLeaderNote(store, EVENTS);
  return {
    /** Adds SystemLoadRebalanced (SPEC 6). @returns false: another monitor writes by now @throws StoreUnavailableError */
    async record(rebalance: Rebalance): Promise<boolean> {
      const events = parsed(await note.claimed());
      const version = (events.at(-1)?.version ?? 0) + 1;
      const event = rebalancedEvent(rebalance, version);
      return await note.save(JSON.stringify([...events, { version, event }].slice(-KEPT)));
    },
  };
}

/** The reading end: a relay's, for one term. */
export function createSystemInbox(store: CursorStore) {
  const note = createLeaderNote(store, PUBLISHED);
  return {
    /** Events that were not published yet, in their order. @throws StoreUnavailableError */
    async unpublished(): Promise<readonly SystemEvent[]> {
      const published = Number((await note.claimed()) ?? 0);
      return (await systemEvents(store)).filter(({ version }) => version > published);
    },
    /** From now on this event and those before it count as published; unless another relay publishes by now. @throws StoreUnavailableError */
    markPublished: (version: number) => note.save(String(version)),
  };
}

/** The newest events, oldest first, published or not. @throws StoreUnavailableError */
export async function systemEvents(
  store: Pick<CursorStore, 'readCursor'>,
): Promise<readonly SystemEvent[]> {
  return parsed(await store.readCursor(EVENTS));
}

function parsed(note: string | null): readonly SystemEvent[] {
  return note === null ? [] : outboxSchema.parse(parseJson(note));
}

function rebalancedEvent(rebalance: Rebalance, version: number): CloudEvent {
  const { at, requestIds: _requestIds, ...figures } = rebalance;
  const time = new Date(at).toISOString();
  const id = randomUUID();
  return {
    specversion: '1.0',
    id,
    source: SYSTEM_EVENT_SOURCE,
    type: `${EVENT_TYPE_PREFIX}system.load.rebalanced`,
    subject: 'system',
    time,
    datacontenttype: 'application/json',
    data: {
      eventId: id,
      eventType: 'SystemLoadRebalanced',
      occurredAt: time,
      aggregateId: 'system',
      version,
      ...figures,
    },
  };
}
