import { z } from 'zod';
import type { WorkflowCounts } from '#application/ports/workflow-store.ts';
import { isActive, WORKFLOW_PRIORITIES, WORKFLOW_STATUSES } from '#domain/workflow/vocabulary.ts';

/** What one workflow adds to the totals. */
export const contribution = z.object({
  status: z.enum(WORKFLOW_STATUSES),
  priority: z.enum(WORKFLOW_PRIORITIES),
  /** completedAt - startedAt; null: not both are known. */
  tookMs: z.number().nullable(),
});
export type Contribution = z.output<typeof contribution>;

/** The sum of all contributions of one status and priority. */
export const total = z.object({
  status: z.enum(WORKFLOW_STATUSES),
  priority: z.enum(WORKFLOW_PRIORITIES),
  workflows: z.int(),
  /** Those of them whose execution time is known, and its sum. */
  timed: z.int(),
  executionMs: z.number(),
});
export type Total = z.output<typeof total>;

/** What a workflow counted as, and what it counts as now; null: it did not exist. */
export type Change = { readonly before: Contribution | null; readonly after: Contribution };

/** @returns the totals after the changes; those of no workflow are left out */
export function addUp(totals: readonly Total[], changes: readonly Change[]): readonly Total[] {
  const sums = new Map(totals.map((one) => [keyOf(one), { ...one }]));
  const add = (what: Contribution | null, sign: 1 | -1) => {
    if (what === null) return;
    const { status, priority, tookMs } = what;
    const none = { status, priority, workflows: 0, timed: 0, executionMs: 0 };
    const sum = sums.get(keyOf(what)) ?? none;
    sum.workflows += sign;
    sum.timed += tookMs === null ? 0 : sign;
    sum.executionMs += sign * (tookMs ?? 0);
    sums.set(keyOf(what), sum);
  };
  for (const { before, after } of changes) {
    add(before, -1);
    add(after, 1);
  }
  return [...sums.values()].filter(({ workflows }) => workflows !== 0);
}

export function toCounts(totals: readonly Total[]): WorkflowCounts {
  const sum = (chosen: (one: Total) => boolean, figure: 'workflows' | 'timed' | 'executionMs') =>
    totals.filter(chosen).reduce((all, one) => all + one[figure], 0);
  const of = (status: Total['status']) => sum((one) => one.status === status, 'workflows');
  const active = (priority: Total['priority']) =>
    sum((one) => isActive(one.status) && one.priority === priority, 'workflows');
  const completed = (one: Total) => one.status === 'COMPLETED';
  const timed = sum(completed, 'timed');
  return {
    byStatus: {
      PENDING: of('PENDING'),
      EXECUTING: of('EXECUTING'),
      PAUSED: of('PAUSED'),
      COMPLETED: of('COMPLETED'),
      FAILED: of('FAILED'),
      COMPENSATING: of('COMPENSATING'),
      COMPENSATED: of('COMPENSATED'),
      CANCELLED: of('CANCELLED'),
    },
    activeByPriority: { HIGH: active('HIGH'), NORMAL: active('NORMAL'), LOW: active('LOW') },
    averageExecutionTimeMs: timed === 0 ? null : sum(completed, 'executionMs') / timed,
  };
}

function keyOf({ status, priority }: Pick<Total, 'status' | 'priority'>): string {
  return `${status} ${priority}`;
}
