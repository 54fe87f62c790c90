import { createHash } from 'node:crypto';
import { canonicalJson } from '#application/definitions/canonical-json.ts';
import type { Json } from '#domain/json.ts';

/** An event of another system, read and checked, however it was wrapped. */
export type IncomingEvent = {
  /** CloudEvents source and id: together the name under which it takes effect once. */
  readonly source: string;
  readonly id: string;
  /** null: a bare message that does not say. */
  readonly type: string | null;
  readonly subject: string | null;
  /** As the producer wrote it; null: not said. */
  readonly time: string | null;
  readonly data: Json;
  /** The message that it came in; null: it came by the API. */
  readonly origin: Origin | null;
};

export type Origin = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
};

/** Digest of what an event says. Its time is left out: a producer that sends it again may stamp it anew. */
export function fingerprintOf({
  type,
  subject,
  data,
}: Pick<IncomingEvent, 'type' | 'subject' | 'data'>): string {
  return createHash('sha256')
    .update(canonicalJson([type, subject, data]))
    .digest('hex');
}
