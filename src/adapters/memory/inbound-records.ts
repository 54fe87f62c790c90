import type { InboundRecord } from '#application/ports/inbound-log.ts';

/** Events from outside that have taken effect. Synchronous, hence atomic. */
export type InboundRecords = {
  find(source: string, eventId: string, now: number): InboundRecord | null;
  record(record: InboundRecord): InboundRecord;
};

export function createInboundRecords(): InboundRecords {
  const records = new Map<string, InboundRecord>();

  function find(source: string, eventId: string, now: number): InboundRecord | null {
    const record = records.get(nameOf(source, eventId));
    return record && record.expiresAt > now ? { ...record } : null;
  }

  return {
    find,
    record(record) {
      const earlier = find(record.source, record.eventId, record.recordedAt);
      if (earlier !== null) return earlier;
      // Oldest first, as a Map keeps them, is the order in which they expire when all live equally long.
      for (const [name, old] of records) {
        if (old.expiresAt > record.recordedAt) break;
        records.delete(name);
      }
      const name = nameOf(record.source, record.eventId);
      records.delete(name);
      records.set(name, { ...record });
      return record;
    },
  };
}

/** Neither part can be mistaken for the end of the other. */
function nameOf(source: string, eventId: string): string {
  return JSON.stringify([source, eventId]);
}
