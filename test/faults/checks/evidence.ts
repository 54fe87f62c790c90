import type { WorkflowResponse } from '#api/schemas/workflow.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import type { LedgerCheck, LedgerEntry } from '../../../scripts/processes/simulator-control.ts';

/** All that can be seen of an engine from outside after a fault: by its API, its store and the services' ledger. */
export type Evidence = {
  /** What was asked of POST /workflows, and what came back. */
  readonly starts: readonly Start[];
  /** All workflows that the API lists. */
  readonly served: readonly WorkflowResponse[];
  /** The same, each asked for by its id: that goes by way of what a process remembers. */
  readonly servedById: readonly WorkflowResponse[];
  /** What the store holds, by workflow id. */
  readonly stored: ReadonlyMap<string, Stored>;
  readonly effects: readonly LedgerEntry[];
  readonly ledger: LedgerCheck;
  /** Since when nothing stands in the engine's way, epoch ms; null: times in the logs mean nothing (a moved clock). */
  readonly healedAt: number | null;
};

export type Stored = {
  /** The log, and the states that it leads through: `states[i]` is the one after `log[i]`. */
  readonly log: readonly RecordedEvent[];
  readonly states: readonly WorkflowState[];
  /** The version that the head names. */
  readonly headVersion: number;
  /** Something is still to come by itself: the head has a wakeAt. */
  readonly moving: boolean;
};

/** One start, tried until it had a final answer. */
export type Start = {
  /** Its Idempotency-Key. */
  readonly key: string;
  readonly correlationId: string;
  /** How its workflow must end. */
  readonly ending: 'COMPLETED' | 'COMPENSATED' | 'FAILED';
  /** Sent again until it was accepted; otherwise it was sent once, and may have been refused for the moment. */
  readonly insisted: boolean;
  readonly answers: readonly StartAnswer[];
};

export type StartAnswer = {
  /** null: no answer came. */
  readonly status: number | null;
  /** Of a 2xx. */
  readonly workflowId: string | null;
  readonly tookMs: number;
};

/**
 * What is wrong.
 * - lost: accepted, and gone
 * - doubled: one name, two effects or two workflows
 * - stuck: it did not end, or stood still for too long
 * - wrong: anything else that must not be
 */
export type Finding = {
  readonly kind: 'lost' | 'doubled' | 'stuck' | 'wrong';
  /** The workflow, or the start's key. */
  readonly about: string;
  readonly what: string;
};

/** Ids of the workflows that were accepted. */
export function acceptedIds(starts: readonly Start[]): ReadonlySet<string> {
  return new Set(starts.flatMap(({ answers }) => answers.flatMap((a) => a.workflowId ?? [])));
}
