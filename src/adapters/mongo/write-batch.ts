import mongoose, { type mongo } from 'mongoose';
import { DUPLICATE_KEY } from '#adapters/mongo/mongo-errors.ts';
import type { WorkflowDocument } from '#adapters/mongo/models/workflow.ts';

type WorkflowCollection = mongo.Collection<WorkflowDocument>;
export type WorkflowWrite = mongo.AnyBulkWriteOperation<WorkflowDocument>;

/** What is known of one write of a batch. */
export type WriteOutcome =
  | { readonly kind: 'done' }
  /** It may have met a document in its way, or one that it did not match, or have been done after all: look. */
  | { readonly kind: 'in-question' }
  /** The server will not do it, whoever asks how often. */
  | { readonly kind: 'failed'; readonly error: Error };

const DONE: WriteOutcome = { kind: 'done' };
const IN_QUESTION: WriteOutcome = { kind: 'in-question' };

/**
 * Inserts, unordered, in one command. A duplicate key puts a write in question only: the driver repeats a command whose
 * answer was lost, and an insert that went through the first time is a duplicate of itself the second.
 * @returns an outcome for each; rejects when the batch could not be made durable
 */
export async function writeInserts(
  collection: WorkflowCollection,
  documents: readonly WorkflowDocument[],
): Promise<readonly WriteOutcome[]> {
  const { errors } = await writeUnordered(
    collection,
    documents.map((document) => ({ insertOne: { document } })),
  );
  return documents.map((_, index) => outcomeOf(errors.get(index), DONE));
}

/**
 * Updates, unordered, in one command. The server only says how many of them matched: if that is fewer than all, each is in
 * question.
 * @returns an outcome for each; rejects when the batch could not be made durable
 */
export async function writeUpdates(
  collection: WorkflowCollection,
  updates: readonly WorkflowWrite[],
): Promise<readonly WriteOutcome[]> {
  const { errors, matched } = await writeUnordered(collection, updates);
  const all = matched + errors.size === updates.length;
  return updates.map((_, index) => outcomeOf(errors.get(index), all ? DONE : IN_QUESTION));
}

type Written = {
  readonly matched: number;
  readonly errors: ReadonlyMap<number, mongo.WriteError>;
};

async function writeUnordered(
  collection: WorkflowCollection,
  writes: readonly WorkflowWrite[],
): Promise<Written> {
  if (writes.length === 0) return { matched: 0, errors: new Map() };
  try {
    const { matchedCount } = await collection.bulkWrite([...writes], { ordered: false });
    return { matched: matchedCount, errors: new Map() };
  } catch (error) {
    if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) throw error;
    const errors = [error.writeErrors].flat();
    const undurable = error.result.getWriteConcernError();
    if (undurable !== undefined) {
      throw serverError(undurable);
    }
    if (errors.length === 0) throw error;
    return {
      matched: error.result.matchedCount,
      errors: new Map(errors.map((one) => [one.index, one])),
    };
  }
}

function outcomeOf(error: mongo.WriteError | undefined, otherwise: WriteOutcome): WriteOutcome {
  if (error === undefined) return otherwise;
  if (error.code === DUPLICATE_KEY) return IN_QUESTION;
  return { kind: 'failed', error: serverError(error) };
}

/** As the error of a single command, so that its code is judged like any other. */
function serverError({ errmsg, code }: mongo.WriteError | mongo.WriteConcernError): Error {
  return new mongoose.mongo.MongoServerError({ message: errmsg ?? 'no message', code });
}
