import { v7 as uuidV7 } from 'uuid';
import { assertContinuous } from '#application/assert-continuous.ts';
import type { Commit } from '#application/ports/workflow-store.ts';
import { toHeadFields, type HeadFields } from '#adapters/mongo/head-fields.ts';
import type { WorkflowDocument } from '#adapters/mongo/models/workflow.ts';
import { toStoredCommit, type StoredCommitDocument } from '#adapters/mongo/stored-commit.ts';

/** A commit ready to be written, as often as it takes. */
export type PreparedCommit = {
  readonly commit: Commit;
  readonly head: HeadFields;
  readonly stored: StoredCommitDocument;
  /** About how much the log grows by it. */
  readonly bytes: number;
};

/** A document holds at most 16 MB; what is left of it is for the part of the log that is there already. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Does all that can fail for the caller's reasons, so that in a batch each commit stands for itself.
 * @throws TypeError for a commit that is no continuation of its expected version, RangeError for one above 8 MiB
 */
export function prepareCommit(commit: Commit): PreparedCommit {
  assertContinuous(commit);
  // Tokens of one process ascend: that is how the feed knows the order of its commits.
  const { stored, bytes } = toStoredCommit(commit, uuidV7());
  if (bytes > MAX_BYTES) {
    throw new RangeError(
      `a commit of ${bytes} bytes on workflow ${commit.head.workflowId}: MongoDB takes ${MAX_BYTES} at most`,
    );
  }
  return { commit, head: toHeadFields(commit.head), stored, bytes };
}

/** The document that a creation inserts. */
export function toNewDocument({ commit, head, stored, bytes }: PreparedCommit): WorkflowDocument {
  return {
    _id: commit.head.workflowId,
    ...head,
    log: [stored],
    logBytes: bytes,
    spilledTo: 0,
    ...(commit.idempotency && {
      idempotency: {
        key: commit.idempotency.key,
        fingerprint: commit.idempotency.fingerprint,
        response: JSON.stringify(commit.idempotency.response),
        expiresAt: new Date(commit.idempotency.expiresAt),
      },
    }),
    fedTo: 0,
    tallied: null,
    unfedSince: stored.token,
  };
}
