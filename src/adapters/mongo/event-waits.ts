import { z } from 'zod';
import type { EventWait, EventWaits, ParkedEvent } from '#application/ports/event-waits.ts';
import type { Json } from '#domain/json.ts';
import { parseJson } from '#domain/parse-json.ts';
import { CorruptRecordError } from '#adapters/mongo/corrupt-record-error.ts';
import type { Models } from '#adapters/mongo/models.ts';
import { PARKED_INDEXES, WAIT_INDEX } from '#adapters/mongo/models/event-wait.ts';
import { readDocument, time } from '#adapters/mongo/read-document.ts';
import { untilNoRival } from '#adapters/mongo/rivals.ts';

const eventWait = z.object({
  service: z.string(),
  key: z.string(),
  workflowId: z.string(),
  stepId: z.string(),
});

const parkedEvent = z.object({
  source: z.string(),
  eventId: z.string(),
  service: z.string(),
  key: z.string(),
  event: z.string(),
  parkedAt: time,
  expiresAt: time,
});

/**
 * Waiting steps and parked events. Both sides write with a majority before they read what a majority has: of two that come at
 * the same moment at least one finds the other.
 */
export function createEventWaits({ eventWaits, parkedEvents }: Models): EventWaits {
  return {
    async expectEvent({ service, key, workflowId, stepId }) {
      const wait = { service, key, workflowId, stepId };
      await untilNoRival(() =>
        eventWaits.collection.updateOne(wait, { $setOnInsert: wait }, { upsert: true }),
      );
      const documents = await parkedEvents
        .find({ service, key })
        .sort(PARKED_INDEXES.byKey)
        .hint(PARKED_INDEXES.byKey)
        .lean();
      return documents.map(toParked);
    },
    async deliverEvent({ source, eventId, service, key, event, parkedAt, expiresAt }) {
      const name = { source, eventId };
      const parked = {
        ...name,
        service,
        key,
        event: JSON.stringify(event),
        parkedAt: new Date(parkedAt),
        expiresAt: new Date(expiresAt),
      };
      await untilNoRival(() =>
        parkedEvents.collection.updateOne(name, { $setOnInsert: parked }, { upsert: true }),
      );
      const documents = await eventWaits
        .find({ service, key })
        .sort(WAIT_INDEX)
        .hint(WAIT_INDEX)
        .lean();
      return documents.map(toWait);
    },
    async forgetWait({ service, key, workflowId, stepId }) {
      await eventWaits.deleteOne({ service, key, workflowId, stepId }).hint(WAIT_INDEX);
    },
    async dropParked({ source, eventId }) {
      await parkedEvents.deleteOne({ source, eventId }).hint(PARKED_INDEXES.byName);
    },
    async expiredEvents(now, limit) {
      const documents = await parkedEvents
        .find({ expiresAt: { $lte: new Date(now) } })
        .sort(PARKED_INDEXES.byExpiry)
        .hint(PARKED_INDEXES.byExpiry)
        .limit(limit)
        .lean();
      return documents.map(toParked);
    },
  };
}

/** @throws CorruptRecordError */
function toWait(document: unknown): EventWait {
  return readDocument(eventWait, document, 'wait for an event');
}

/** @throws CorruptRecordError naming the event */
function toParked(document: unknown): ParkedEvent {
  const { event, ...rest } = readDocument(parkedEvent, document, 'parked event');
  return { ...rest, event: parse(event, rest.eventId) };
}

function parse(event: string, eventId: string): Json {
  try {
    return parseJson(event);
  } catch (error) {
    throw new CorruptRecordError(`parked event ${eventId}`, 'event is not JSON', error);
  }
}
