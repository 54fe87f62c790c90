import { OVERLOADED_AT, REBALANCE_AT } from '#domain/policy/load-score.ts';
import { faultOf, refuse, type Refusal } from '#domain/policy/refusal.ts';
import { WORKFLOW_PRIORITIES, type WorkflowPriority } from '#domain/workflow/vocabulary.ts';

/** A workflow that waits to be released. */
export type WaitingOrder = {
  readonly workflowId: string;
  readonly priority: WorkflowPriority;
  /** Since when it waits, epoch ms. */
  readonly waitingSince: number;
};

/** SPEC 4 */
export const DEFAULT_BATCH_SIZE = 10;
export const DEFAULT_INTERVAL_MS = 1000;
const SMALLEST_BATCH = 1;
const LARGEST_BATCH = 20;
const IDLE_BELOW = 50;
const PAUSING_ERROR_RATE = 0.5;
const LONGEST_WAIT_MS = 60_000;

/**
 * How many orders one batch releases (SPEC 4): a quarter of the size when overloaded, half when heavy, twice when idle.
 * @param size the size at a middling load
 * @param score load of the system, 0..100
 * @returns a whole number, 1..20
 */
export function wavelessBatchSize(size: number, score: number): number | Refusal {
  const fault = faultOf('size', size, 1, Infinity) ?? faultOf('score', score, 0, 100);
  if (fault !== null) return refuse(fault);
  return Math.min(Math.max(Math.floor(sizeAt(size, score)), SMALLEST_BATCH), LARGEST_BATCH);
}

function sizeAt(size: number, score: number): number {
  if (score >= OVERLOADED_AT) return size / 4;
  if (score >= REBALANCE_AT) return size / 2;
  return score < IDLE_BELOW ? size * 2 : size;
}

/**
 * Time between two batches, ms (SPEC 4).
 * @param waiting orders that wait
 */
export function wavelessIntervalMs(waiting: number): number | Refusal {
  const fault = faultOf('waiting', waiting, 0, Infinity);
  if (fault !== null) return refuse(fault);
  if (waiting > 100) return 500;
  if (waiting > 50) return DEFAULT_INTERVAL_MS;
  return waiting < 10 ? 2000 : DEFAULT_INTERVAL_MS;
}

/**
 * Does nothing more get released at this load (SPEC 4)?
 * @param score load of the system, 0..100
 * @param errorRate 0..1
 */
export function isWavelessPaused(score: number, errorRate: number): boolean | Refusal {
  const fault = faultOf('score', score, 0, 100) ?? faultOf('errorRate', errorRate, 0, 1);
  if (fault !== null) return refuse(fault);
  return score >= OVERLOADED_AT || errorRate >= PAUSING_ERROR_RATE;
}

/** HIGH does not wait for a batch, nor does what has waited more than a minute (SPEC 4). */
export function bypassesBatch(order: WaitingOrder, now: number): boolean {
  return order.priority === 'HIGH' || now - order.waitingSince > LONGEST_WAIT_MS;
}

/** Order of release: HIGH, NORMAL, LOW, then age; ids decide between equals, so that every process sorts alike. */
export function compareOrders(a: WaitingOrder, b: WaitingOrder): number {
  return (
    WORKFLOW_PRIORITIES.indexOf(a.priority) - WORKFLOW_PRIORITIES.indexOf(b.priority) ||
    a.waitingSince - b.waitingSince ||
    (a.workflowId < b.workflowId ? -1 : Number(a.workflowId > b.workflowId))
  );
}
