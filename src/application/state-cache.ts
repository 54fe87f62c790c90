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

/** @param capacity states kept; the least recently used goes first. 0: no cache. */
export function createStateCache(capacity: number): StateCache {
  const entries = new Map<string, { state: WorkflowState; checkedAt: number }>();
  return {
    get(workflowId) {
      const entry = entries.get(workflowId);
      if (entry === undefined) return undefined;
      entries.delete(workflowId);
      entries.set(workflowId, entry);
      return entry;
    },
    put(state, checkedAt) {
      // a read that was begun before a commit may end after it
      const known = entries.get(state.workflowId);
      if (known !== undefined && known.state.version > state.version) return;
      entries.delete(state.workflowId);
      if (capacity === 0 || isTerminal(state.status)) return;
      entries.set(state.workflowId, { state, checkedAt });
      if (entries.size > capacity) {
        const oldest = entries.keys().next();
        if (!oldest.done) entries.delete(oldest.value);
      }
    },
    drop(workflowId) {
      entries.delete(workflowId);
    },
  };
}
