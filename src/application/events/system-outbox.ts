import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { EVENT_TYPE_PREFIX, type CloudEvent } from '#application/events/cloud-event.ts';
import { SYSTEM_EVENT_SOURCE } from '#application/events/published-schemas.ts';
import type { Rebalance } from '#application/ports/load-board.ts';
import type { NoteStore } from '#application/ports/note-store.ts';
import { parseJson } from '#domain/parse-json.ts';

/*
 * Events of the system as a whole have no workflow whose log could hold them. The newest are kept in the store as one note, numbered;
 * the relay publishes what is beyond the number it has noted.
 *
 * Who owns what: the monitor that leads writes the events, the relay that leads the number. Events are seldom (a rebalancing every
 * 30 s at most), so one small note written whole is enough.
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

/** Adds SystemLoadRebalanced (SPEC 6). @returns the event as it is published @throws StoreUnavailableError */
export async function recordRebalance(store: NoteStore, rebalance: Rebalance): Promise<CloudEvent> {
  const events = await readEvents(store);
  const version = (events.at(-1)?.version ?? 0) + 1;
  const event = rebalancedEvent(rebalance, version);
  const kept = [...events, { version, event }].slice(-KEPT);
  await store.saveNote(EVENTS, JSON.stringify(kept));
  return event;
}

/** Events that were not published yet, in their order. @throws StoreUnavailableError */
export async function unpublishedEvents(store: NoteStore): Promise<readonly SystemEvent[]> {
  const published = Number((await store.readNote(PUBLISHED)) ?? 0);
  return (await readEvents(store)).filter(({ version }) => version > published);
}

/** From now on this event and those before it count as published. @throws StoreUnavailableError */
export async function markPublished(store: NoteStore, version: number): Promise<void> {
  await store.saveNote(PUBLISHED, String(version));
}

async function readEvents(store: NoteStore): Promise<readonly SystemEvent[]> {
  const note = await store.readNote(EVENTS);
  if (note === null) return [];
  return outboxSchema.parse(parseJson(note));
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
