import { z } from 'zod';
import type { InboundLog, InboundRecord } from '#application/ports/inbound-log.ts';
import type { Models } from '#adapters/mongo/models.ts';
import { INBOUND_INDEXES } from '#adapters/mongo/models/inbound-event.ts';
import { DUPLICATE_KEY, codeOf } from '#adapters/mongo/mongo-errors.ts';
import { readDocument, time } from '#adapters/mongo/read-document.ts';

const inbound = z.object({
  source: z.string(),
  eventId: z.string(),
  fingerprint: z.string(),
  outcome: z.string(),
  recordedAt: time,
  expiresAt: time,
});

/**
 * Events from outside that have taken effect; times are epoch ms, and a record holds while `now < expiresAt`. Nobody sees it
 * longer than that; the server removes it when its own clock says so (TTL index), with a day's grace.
 */
export function createInboundEvents({ inboundEvents }: Models): InboundLog {
  async function findInbound(source: string, eventId: string, now: number) {
    const document = await inboundEvents
      .findOne({ source, eventId, expiresAt: { $gt: new Date(now) } })
      .hint(INBOUND_INDEXES.byName)
      .lean();
    return document === null ? null : readDocument(inbound, document, 'inbound event');
  }

  /** In place of an expired record or none; the unique index refuses it beside one that holds. @returns false: one holds */
  async function put(record: InboundRecord): Promise<boolean> {
    const { source, eventId, recordedAt, expiresAt } = record;
    try {
      await inboundEvents.collection.replaceOne(
        { source, eventId, expiresAt: { $lte: new Date(recordedAt) } },
        { ...record, recordedAt: new Date(recordedAt), expiresAt: new Date(expiresAt) },
        { upsert: true, hint: INBOUND_INDEXES.byName },
      );
      return true;
    } catch (error) {
      if (codeOf(error) === DUPLICATE_KEY) return false;
      throw error;
    }
  }

  return {
    findInbound,
    async recordInbound(record) {
      const { source, eventId, recordedAt } = record;
      for (;;) {
        const held = await findInbound(source, eventId, recordedAt);
        if (held !== null) return held;
        if (await put(record)) return record;
      }
    },
  };
}
