import { parseJson } from '#domain/parse-json.ts';
import { z } from 'zod';
import type { IdempotencyRecord } from '#application/ports/workflow-store.ts';
import type { Json } from '#domain/json.ts';
import { CorruptRecordError } from '#adapters/mongo/corrupt-record-error.ts';
import type { Models } from '#adapters/mongo/models.ts';
import { WORKFLOW_INDEXES } from '#adapters/mongo/models/workflow.ts';
import { readDocument, time } from '#adapters/mongo/read-document.ts';

/**
 * Remembered starts. A record is part of the document of the workflow that it has created, so that one write makes both;
 * a unique index over the keys makes the second start under a key fail as a whole. Times are epoch ms; a record holds
 * while `now < expiresAt`.
 *
 * MongoDB's own expiry (a TTL index) would remove the whole document. So an expired record stays, seen by nobody, until
 * its key is wanted again (`findOrRelease`) or `sweep` comes by: both take out the record alone, and only if it has expired.
 */
export type Idempotency = {
  find(key: string, now: number): Promise<IdempotencyRecord | null>;
  /** As `find`; a record of the key that has expired is taken out, so that the key is free. */
  findOrRelease(key: string, now: number): Promise<IdempotencyRecord | null>;
  /** Takes out expired records. @returns true: there may be more */
  sweep(now: number): Promise<boolean>;
};

const SWEEP_LIMIT = 1000;

const holder = z.object({
  _id: z.string(),
  idempotency: z.object({
    key: z.string(),
    fingerprint: z.string(),
    response: z.string(),
    expiresAt: time,
  }),
});

export function createIdempotency({ workflows }: Models): Idempotency {
  async function findHolder(key: string): Promise<IdempotencyRecord | null> {
    const document = await workflows
      .findOne({ 'idempotency.key': key }, { idempotency: 1 })
      .hint(WORKFLOW_INDEXES.byKey)
      .lean();
    if (document === null) return null;
    const { _id: workflowId, idempotency } = readDocument(holder, document, 'workflow');
    return { ...idempotency, workflowId, response: parse(idempotency.response, key) };
  }

  return {
    async find(key, now) {
      const record = await findHolder(key);
      return record !== null && now < record.expiresAt ? record : null;
    },
    async findOrRelease(key, now) {
      const record = await findHolder(key);
      if (record === null || now < record.expiresAt) return record;
      await workflows.updateOne(
        { _id: record.workflowId, 'idempotency.key': key, ...expiredAt(now) },
        { $unset: { idempotency: 1 } },
      );
      return null;
    },
    async sweep(now) {
      const expired = expiredAt(now);
      const found = await workflows
        .find(expired, { _id: 1 })
        .hint(WORKFLOW_INDEXES.byExpiry)
        .limit(SWEEP_LIMIT)
        .lean();
      if (found.length === 0) return false;
      const ids = found.map(({ _id }) => _id);
      await workflows.updateMany({ _id: { $in: ids }, ...expired }, { $unset: { idempotency: 1 } });
      return found.length === SWEEP_LIMIT;
    },
  };
}

function expiredAt(now: number) {
  return { 'idempotency.expiresAt': { $lte: new Date(now) } };
}

function parse(response: string, key: string): Json {
  try {
    return parseJson(response);
  } catch (error) {
    throw new CorruptRecordError(`idempotency record ${key}`, 'response is not JSON', error);
  }
}
