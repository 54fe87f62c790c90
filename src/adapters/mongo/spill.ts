import { z } from 'zod';
import { DUPLICATE_KEY, codeOf } from '#adapters/mongo/mongo-errors.ts';
import type { Models } from '#adapters/mongo/models.ts';
import type { PreparedCommit } from '#adapters/mongo/prepared-commit.ts';
import { readDocument } from '#adapters/mongo/read-document.ts';
import type { StoredCommitDocument } from '#adapters/mongo/stored-commit.ts';

/** Only what tells whether it is the log that we mean; the commits are handed on as they are. */
const full = z.object({ _id: z.string(), spilledTo: z.int(), log: z.array(z.unknown()).min(1) });

/**
 * Moves the log of a full document into a chunk, so that no document grows without bound.
 *
 * S1. A full document takes no plain commit: it moves on only by `appendSpilling`, which replaces its whole log by one
 *     commit. So what is in the log at version v is the same for everybody who spills there, and the chunk that ends at v
 *     has one possible content: to write it twice is to write it once.
 * S2. The chunk is durable before the log is replaced. In between, and after a crash there for good, its events are in both
 *     places; readers take from chunks only what `spilledTo` says is in them.
 * S3. Should another release, with another idea of full, have left a chunk that was never taken up, a later chunk overlaps
 *     it. Readers skip versions that they have.
 *
 * @returns true: the commit is in; false: somebody else has moved the workflow on
 */
export function createSpill({ workflows, chunks }: Models) {
  return async (prepared: PreparedCommit): Promise<boolean> => {
    const { expectedVersion, head } = prepared.commit;
    const { workflowId } = head;
    const document = await workflows
      .findOne({ _id: workflowId, version: expectedVersion }, { log: 1, spilledTo: 1 })
      .lean();
    if (document === null) return false;
    const { spilledTo } = readDocument(full, document, 'workflow');
    await keep(workflowId, spilledTo + 1, expectedVersion, document.log);
    return await appendSpilling(prepared, spilledTo);
  };

  async function keep(
    workflowId: string,
    from: number,
    to: number,
    commits: readonly StoredCommitDocument[],
  ): Promise<void> {
    try {
      await chunks.collection.insertOne({ workflowId, from, to, commits: [...commits] });
    } catch (error) {
      if (codeOf(error) !== DUPLICATE_KEY) throw error; // else: S1
    }
  }

  async function appendSpilling(
    { commit, head, stored, bytes }: PreparedCommit,
    spilledTo: number,
  ): Promise<boolean> {
    const { expectedVersion } = commit;
    const { matchedCount } = await workflows.updateOne(
      { _id: commit.head.workflowId, version: expectedVersion, spilledTo },
      {
        $set: { ...head, spilledTo: expectedVersion, logBytes: bytes },
        $push: { log: { $each: [stored], $slice: -1 } },
        $min: { unfedSince: stored.token },
      },
    );
    return matchedCount === 1;
  }
}
