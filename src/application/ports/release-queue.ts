import type { WorkflowHead } from '#application/ports/workflow-store.ts';
import type { WorkflowPriority, WorkflowStatus } from '#domain/workflow/vocabulary.ts';

/** Orders of one lane, status and class. */
export type LaneTally = {
  readonly lane: string;
  /** PENDING: they wait for their release. All others are on the floor. */
  readonly status: WorkflowStatus;
  readonly priority: WorkflowPriority;
  readonly orders: number;
  /** createdAt of the oldest, epoch ms */
  readonly oldestAt: number;
};

/** A place in the line of one lane and class: the older goes first, then the lesser id. */
export type LinePlace = { readonly createdAt: number; readonly workflowId: string };

/**
 * The line of orders that wait for their release, as the heads of the store have it (`lane`, PENDING). Nothing is ever put into it
 * or taken out: an order joins it by the commit that creates it and leaves it by the commit that starts it.
 *
 * Proven by test/contracts/release-queue.ts on every adapter. Rejects with StoreUnavailableError.
 */
export interface ReleaseQueue {
  /** All that is in lanes, summed up; in no particular order. */
  lanes(): Promise<readonly LaneTally[]>;
  /** Those of a lane and class that wait, in the order of their line, after a place in it (null: from its head). */
  waiting(
    lane: string,
    priority: WorkflowPriority,
    after: LinePlace | null,
    limit: number,
  ): Promise<readonly WorkflowHead[]>;
  /** Those that wait in any lane and have from <= cut-off < to (epoch ms), the soonest first. */
  waitingForCutOff(from: number, to: number, limit: number): Promise<readonly WorkflowHead[]>;
  /** How many of a lane are on the floor: released, and not ended. */
  onFloor(lane: string): Promise<number>;
  /** How many of a lane and class wait before this place in their line. */
  countAhead(lane: string, priority: WorkflowPriority, place: LinePlace): Promise<number>;
}
