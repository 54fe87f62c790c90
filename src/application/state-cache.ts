import { approximateBytes, bytesGained } from '#application/approximate-bytes.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import { STALE_STATE_MS } from '#domain/workflow/timing.ts';
import { isTerminal } from '#domain/workflow/vocabulary.ts';

/**
 * How long a cached state may be used without asking the store whether it is still the newest. Drains count on this bound
 * (DRAIN_SLACK_MS): a worker never begins a call on a state older than this.
 */
export const TRUST_MS = STALE_STATE_MS;

/** States that this process has just read or committed. Never the truth: the compare-and-set keeps it honest. */
export type StateCache = {
  get(
    workflowId: string,
  ): { readonly state: WorkflowState; readonly checkedAt: number } | undefined;
  /** @param checkedAt when it was the newest, by the steady clock; kept unless a newer state is there */
  put(state: WorkflowState, checkedAt: number): void;
  drop(workflowId: string): void;
};

type Entry = { readonly state: WorkflowState; readonly checkedAt: number; readonly bytes: number };

/** Bound of a cache where none is given: a hundred and some workflows with a megabyte of data each. */
const MOST_BYTES = 128 * 1024 * 1024;

/**
 * @param capacity states kept; the one that was put in least recently goes first: whoever uses a state puts it in again once it is
 *   TRUST_MS old. 0: no cache.
 * @param mostBytes of all together, about; a state that is larger by itself is not kept
 */
export function createStateCache(capacity: number, mostBytes = MOST_BYTES): StateCache {
  const entries = new Map<string, Entry>();
  let bytes = 0;

  function remove(workflowId: string): void {
    bytes -= entries.get(workflowId)?.bytes ?? 0;
    entries.delete(workflowId);
  }

  function isOverfull(): boolean {
    return entries.size > capacity || bytes > mostBytes;
  }

  /** Not for every state that is put in: who asks a Map for its first key walks over all that was deleted before it. */
  function shrink(): void {
    for (const oldest of entries.keys()) {
      remove(oldest);
      if (!isOverfull()) break;
    }
  }

  return {
    get: (workflowId) => entries.get(workflowId),
    put(state, checkedAt) {
      // a read that was begun before a commit may end after it
      const known = entries.get(state.workflowId);
      if (known !== undefined && known.state.version > state.version) return;
      remove(state.workflowId);
      if (capacity === 0 || isTerminal(state.status)) return;
      const entry = { state, checkedAt, bytes: sizeAfter(known, state) };
      if (entry.bytes > mostBytes) return;
      entries.set(state.workflowId, entry);
      bytes += entry.bytes;
      if (isOverfull()) shrink();
    },
    drop: remove,
  };
}

function sizeAfter(known: Entry | undefined, state: WorkflowState): number {
  if (known === undefined) return approximateBytes(state);
  return known.bytes + bytesGained(known.state, state);
}
