import { isJsonObject } from '#domain/json.ts';
import { CorruptRecordError, StoreUnavailableError } from '#application/ports/errors.ts';
import type { GroupCommitReport } from '#adapters/sqlite/group-commit.ts';
import type { SqliteStore } from '#adapters/sqlite/sqlite-store.ts';

/** What the process and its write thread say to each other; all of it is data that a structured clone carries. */
export type WriteThreadData = {
  readonly path: string;
  readonly busyLimitMs: number;
  /** Are group commits to be reported? */
  readonly reporting: boolean;
};

export function isWriteThreadData(value: unknown): value is WriteThreadData {
  return (
    isJsonObject(value) &&
    typeof value['path'] === 'string' &&
    typeof value['busyLimitMs'] === 'number' &&
    typeof value['reporting'] === 'boolean'
  );
}

/** The methods that only read: they stay with the connection of the caller's thread. */
type ReadName =
  | 'readLog'
  | 'readLogs'
  | 'currentVersion'
  | 'list'
  | 'overdue'
  | 'writtenAfter'
  | 'findIdempotency'
  | 'counts'
  | 'readFeed'
  | 'feedEnd'
  | 'ping'
  | 'findDefinition'
  | 'findVersion'
  | 'listDefinitions'
  | 'readCursor'
  | 'countFeedAfter'
  | 'findInbound'
  | 'expiredEvents'
  | 'readNote'
  | 'lanes'
  | 'waiting'
  | 'waitingForCutOff'
  | 'onFloor'
  | 'countAhead';

/** All others run in the thread. A method that a port gets is one of them until it is named above: the compiler asks for it. */
export type WriteName = Exclude<keyof SqliteStore, ReadName | 'append' | 'close'>;

export type WriteRequest = {
  readonly id: number;
  readonly name: WriteName;
  readonly args: readonly unknown[];
};

/** What the process sends: writes that were asked for in one turn of its event loop, or that there are no more. */
export type ToThread =
  | { readonly kind: 'writes'; readonly requests: readonly WriteRequest[] }
  | { readonly kind: 'close' };

export type WriteAnswer =
  | {
      readonly kind: 'done';
      readonly id: number;
      readonly name: WriteName;
      readonly value: unknown;
    }
  | { readonly kind: 'failed'; readonly id: number; readonly error: SentError };

export type FromThread = {
  readonly answers: readonly WriteAnswer[];
  readonly reports: readonly GroupCommitReport[];
};

/** The answer to a write of this name, which the thread has from the store itself. */
export type AnswerTo<N extends WriteName> = {
  readonly name: N;
  readonly value: Awaited<ReturnType<SqliteStore[N]>>;
};

export function isAnswerTo<N extends WriteName>(
  answer: { readonly name: WriteName; readonly value: unknown },
  name: N,
): answer is AnswerTo<N> {
  return answer.name === name;
}

/** An error on its way: a structured clone keeps the classes of the language and forgets ours. */
export type SentError =
  | { readonly kind: 'unavailable'; readonly message: string; readonly cause: unknown }
  | { readonly kind: 'corrupt'; readonly record: string; readonly fault: string }
  | { readonly kind: 'other'; readonly error: Error };

export function toSentError(error: unknown): SentError {
  if (error instanceof StoreUnavailableError) {
    return { kind: 'unavailable', message: error.message, cause: error.cause };
  }
  if (error instanceof CorruptRecordError) {
    return { kind: 'corrupt', record: error.record, fault: error.fault };
  }
  return { kind: 'other', error: error instanceof Error ? error : new Error(String(error)) };
}

export function fromSentError(sent: SentError): Error {
  switch (sent.kind) {
    case 'unavailable':
      return new StoreUnavailableError(sent.message, sent.cause);
    case 'corrupt':
      return new CorruptRecordError(sent.record, sent.fault);
    case 'other':
      return sent.error;
  }
}
