import { assertContinuous } from '#application/assert-continuous.ts';
import type {
  AppendResult,
  Commit,
  FeedEvent,
  IdempotencyRecord,
  WorkflowHead,
  WorkflowStore,
} from '#application/ports/workflow-store.ts';
import type { RecordedEvent, WorkflowEvent } from '#domain/workflow/events.ts';

/** An event as a disk would keep it: whoever reads it gets a copy of his own. */
type KeptEvent = Omit<RecordedEvent, 'event'> & {
  readonly position: string;
  readonly text: string;
};
type KeptRecord = { readonly text: string; readonly expiresAt: number };

/** The logs, their heads and the remembered starts. Synchronous, hence atomic. */
export type WorkflowLogs = {
  readonly heads: ReadonlyMap<string, WorkflowHead>;
  /** @throws TypeError for a commit that is no continuation of its expected version */
  append(commit: Commit): AppendResult;
  read(workflowId: string, afterVersion: number): readonly RecordedEvent[];
  /** @throws RangeError for a position that this store has not given out */
  readFeed(after: string | null, limit: number): Awaited<ReturnType<WorkflowStore['readFeed']>>;
  feedEnd(): string | null;
  countAfter(position: string | null): number;
  postpone(workflowId: string, version: number, wakeAt: number): void;
  findIdempotency(key: string, now: number): IdempotencyRecord | null;
};

export function createWorkflowLogs(): WorkflowLogs {
  const heads = new Map<string, WorkflowHead>();
  const logs = new Map<string, KeptEvent[]>();
  /** All events in the order of their commits; a position is the number of events up to it. */
  const feed: KeptEvent[] = [];
  const remembered = new Map<string, KeptRecord>();

  function append(commit: Commit): AppendResult {
    assertContinuous(commit);
    const { expectedVersion, head, idempotency } = commit;
    // The commit's own time, so that it is judged by the clock that set `expiresAt`.
    const record = idempotency ? findIdempotency(idempotency.key, head.updatedAt) : null;
    if (record) return { kind: 'duplicate', record };
    if ((heads.get(head.workflowId)?.version ?? 0) !== expectedVersion) return { kind: 'conflict' };

    // All that may throw comes first: from here on everything is written.
    const texts = commit.events.map(({ event }) => JSON.stringify(event));
    const answer = idempotency ? JSON.stringify(idempotency) : null;
    const log = logs.get(head.workflowId) ?? [];
    commit.events.forEach(({ workflowId, version, occurredAt }, index) => {
      const position = String(feed.length + 1);
      const kept = { workflowId, version, occurredAt, position, text: texts[index] ?? '' };
      feed.push(kept);
      log.push(kept);
    });
    logs.set(head.workflowId, log);
    heads.set(head.workflowId, { ...head });
    if (idempotency && answer !== null) remember(idempotency, answer, head.updatedAt);
    return { kind: 'committed' };
  }

  function remember({ key, expiresAt }: IdempotencyRecord, text: string, now: number): void {
    // Oldest first, as a Map keeps them, is the order in which they expire when all live equally long.
    for (const [oldKey, old] of remembered) {
      if (old.expiresAt > now) break;
      remembered.delete(oldKey);
    }
    remembered.delete(key);
    remembered.set(key, { text, expiresAt });
  }

  function findIdempotency(key: string, now: number): IdempotencyRecord | null {
    const kept = remembered.get(key);
    // oxlint-disable-next-line typescript/no-unsafe-return -- our own text, written a moment ago
    return kept && kept.expiresAt > now ? JSON.parse(kept.text) : null;
  }

  return {
    heads,
    append,
    read: (workflowId, afterVersion) =>
      (logs.get(workflowId) ?? []).slice(afterVersion).map(recorded),
    readFeed(after, limit) {
      const start = parsePosition(after);
      const events = feed.slice(start, start + limit).map(feedEvent);
      return { events, position: events.at(-1)?.position ?? after };
    },
    feedEnd: () => feed.at(-1)?.position ?? null,
    countAfter: (position) => Math.max(0, feed.length - parsePosition(position)),
    postpone(workflowId, version, wakeAt) {
      const head = heads.get(workflowId);
      if (head?.version === version) heads.set(workflowId, { ...head, wakeAt });
    },
    findIdempotency,
  };
}

function recorded({ workflowId, version, occurredAt, text }: KeptEvent): RecordedEvent {
  // oxlint-disable-next-line typescript/no-unsafe-assignment -- our own text, written a moment ago
  const event: WorkflowEvent = JSON.parse(text);
  return { workflowId, version, occurredAt, event };
}

function feedEvent(kept: KeptEvent): FeedEvent {
  return { ...recorded(kept), position: kept.position };
}

function parsePosition(position: string | null): number {
  if (position === null) return 0;
  const number = /^\d+$/.test(position) ? Number(position) : NaN;
  if (!Number.isSafeInteger(number)) throw new RangeError(`no feed position: ${position}`);
  return number;
}
