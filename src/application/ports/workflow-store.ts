import type { Json, JsonObject } from '#domain/json.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';
import type {
  WorkflowPriority,
  WorkflowStatus,
  WorkflowType,
} from '#domain/workflow/vocabulary.ts';

/** What lists, filters and timers need of a workflow, kept beside its log. Times are epoch ms. */
export type WorkflowHead = {
  readonly workflowId: string;
  /** Number of events in the log; the compare-and-set value. */
  readonly version: number;
  readonly status: WorkflowStatus;
  readonly workflowType: WorkflowType;
  readonly priority: WorkflowPriority;
  readonly correlationId: string | null;
  readonly definitionId: string;
  readonly definitionVersion: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  /** When the reconciler must look at it; null: it waits for nobody but an operator, or has ended. */
  readonly wakeAt: number | null;
  /** The lane in which a waveless order waits for its release or is on the floor; null: neither. */
  readonly lane: string | null;
  /** While it waits for its release: by when it must be done; null: no cut-off. */
  readonly cutOffAt: number | null;
};

/** A remembered start: the same key and body get the first answer again. */
export type IdempotencyRecord = {
  readonly key: string;
  /** Digest of the request body: another body under the same key is refused. */
  readonly fingerprint: string;
  readonly workflowId: string;
  /** The first answer, as sent. */
  readonly response: Json;
  readonly expiresAt: number;
};

/** One atomic, durable write: events appended, head moved. */
export type Commit = {
  /** 0: the workflow must not exist yet. */
  readonly expectedVersion: number;
  /** At least one; versions expectedVersion+1 .. head.version, in order. */
  readonly events: readonly RecordedEvent[];
  readonly head: WorkflowHead;
  /** Kept in the same write; only at creation. */
  readonly idempotency?: IdempotencyRecord;
};

export type AppendResult =
  | { readonly kind: 'committed' }
  /** Somebody else moved the version first (or the id exists); nothing was written. */
  | { readonly kind: 'conflict' }
  /** The idempotency key is taken and not expired; nothing was written. */
  | { readonly kind: 'duplicate'; readonly record: IdempotencyRecord };

/** Filters of GET /workflows (SPEC 5); all given ones must hold. `from` <= createdAt < `to`. */
export type WorkflowFilter = {
  /** Any of these; an empty list matches nothing. */
  readonly status?: readonly WorkflowStatus[];
  readonly workflowType?: WorkflowType;
  readonly priority?: WorkflowPriority;
  readonly correlationId?: string;
  readonly from?: number;
  readonly to?: number;
};

/** Place after which a page begins: newest first by (createdAt, workflowId). */
export type PageCursor = { readonly createdAt: number; readonly workflowId: string };

export type WorkflowCounts = {
  readonly byStatus: Readonly<Record<WorkflowStatus, number>>;
  /** Active (not ended, not FAILED) workflows by priority. */
  readonly activeByPriority: Readonly<Record<WorkflowPriority, number>>;
  /** Mean of completedAt - startedAt over COMPLETED workflows; null: none yet. */
  readonly averageExecutionTimeMs: number | null;
};

/**
 * The truth of the engine: append-only logs with a head each.
 *
 * Invariants, proven by test/contracts/workflow-store.ts on every adapter:
 * 1. `append` is atomic and durable: when it answers 'committed' the events survive a crash; otherwise nothing of it exists.
 * 2. Of several appends with one expectedVersion exactly one is committed.
 * 3. Versions of a log run 1..head.version without a gap.
 * 4. An idempotency record holds while the time of the commit (head.updatedAt) is before its expiresAt; 'duplicate' is answered
 *    before 'conflict'.
 * 5. `close` lets writes that were accepted end first.
 * 6. A malformed commit is a TypeError, a position that no feed gave out a RangeError: faults of the caller.
 * 7. Every method rejects with StoreUnavailableError when the store can't answer; nothing is ever acknowledged that is not durable.
 */
export interface WorkflowStore {
  append(commit: Commit): Promise<AppendResult>;
  /** The log in order, from the version after `afterVersion` (0: all). Empty for an unknown workflow. */
  readLog(workflowId: string, afterVersion: number): Promise<readonly RecordedEvent[]>;
  /** Logs of many workflows at once, for pages; unknown ids are absent. */
  readLogs(workflowIds: readonly string[]): Promise<ReadonlyMap<string, readonly RecordedEvent[]>>;
  /** The version now, 0 for an unknown workflow: the cheap test of a cached state. */
  currentVersion(workflowId: string): Promise<number>;
  /** Newest first; at most `limit` heads after the cursor. */
  list(
    filter: WorkflowFilter,
    after: PageCursor | null,
    limit: number,
  ): Promise<readonly WorkflowHead[]>;
  /** Heads whose wakeAt <= now, the longest overdue first. */
  overdue(now: number, limit: number): Promise<readonly WorkflowHead[]>;
  /**
   * Heads whose last event and wakeAt both lie after that time, the soonest wakeAt first. Reads all times that lie ahead: nothing
   * for every second.
   */
  writtenAfter(time: number, limit: number): Promise<readonly WorkflowHead[]>;
  /** Moves wakeAt without an event, if the version is still this one. */
  postpone(
    wakes: readonly {
      readonly workflowId: string;
      readonly version: number;
      readonly wakeAt: number;
    }[],
  ): Promise<void>;
  findIdempotency(key: string, now: number): Promise<IdempotencyRecord | null>;
  counts(): Promise<WorkflowCounts>;
  /**
   * The log of all workflows in one order, for streams and relays.
   * @param after a position from an earlier answer: a whole number as text, greater for later events; null: from the beginning
   * @returns the events and the position after them; `after` itself when there is none
   */
  readFeed(
    after: string | null,
    limit: number,
  ): Promise<{ readonly events: readonly FeedEvent[]; readonly position: string | null }>;
  /** The position of the newest event; null: the log is empty. */
  feedEnd(): Promise<string | null>;
  /** Resolves when the store answers, rejects with StoreUnavailableError. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type FeedEvent = RecordedEvent & { readonly position: string };

/** A definition as saved: the authored JSON beside its identity. */
export type StoredDefinition = {
  readonly definitionId: string;
  readonly version: number;
  /** As authored; what GET returns. */
  readonly source: JsonObject;
  readonly createdAt: number;
  /** No new workflow may start on it; running ones keep it. */
  readonly retired: boolean;
};

/** Definitions: versions are immutable, retiring is the only change. */
export interface DefinitionStore {
  /** 'unchanged': that version is stored with the very same source; 'conflict': with another one. */
  saveDefinition(
    definition: Omit<StoredDefinition, 'retired'>,
  ): Promise<'saved' | 'unchanged' | 'conflict'>;
  /** version null: the newest that is not retired. */
  findDefinition(definitionId: string, version: number | null): Promise<StoredDefinition | null>;
  /** The same without its source: every start asks for this, and a source may be long. */
  findVersion(
    definitionId: string,
    version: number | null,
  ): Promise<Pick<StoredDefinition, 'version' | 'retired'> | null>;
  /** All versions, by id then version ascending; retired ones included. */
  listDefinitions(): Promise<readonly StoredDefinition[]>;
  /** false: no such version. */
  retireDefinition(definitionId: string, version: number): Promise<boolean>;
}
