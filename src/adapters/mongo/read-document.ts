import { z } from 'zod';
import { CorruptRecordError } from '#adapters/mongo/corrupt-record-error.ts';

/** The `_id` of a document for messages, whatever has become of it. */
const identified = z.looseObject({ _id: z.unknown() });

/**
 * A document as the schema says it is. The database is shared: nothing that comes from it is taken on trust.
 * @param what names the kind: `workflow`
 * @throws CorruptRecordError naming the document and every fault
 */
export function readDocument<Schema extends z.ZodType>(
  schema: Schema,
  document: unknown,
  what: string,
): z.output<Schema> {
  const { success, data, error } = schema.safeParse(document);
  if (success) return data;
  const { data: named } = identified.safeParse(document);
  const faults = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new CorruptRecordError(`${what} ${String(named?._id)}`, faults.join('; '), error);
}

/** A time in a document; epoch ms for us. */
export const time = z.date().transform(Number);
