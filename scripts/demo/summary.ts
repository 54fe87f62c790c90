import type { WorkflowResponse } from '#api/schemas/workflow.ts';
import type { SimulatorStats } from '../processes/simulator-control.ts';
import { endingOf, reasonOf, type Ending } from './endings.ts';

export type Run = {
  readonly workflows: readonly WorkflowResponse[];
  readonly retries: number;
  readonly stepsExecuted: number;
  /** From the first order to the last ending. */
  readonly elapsedMs: number;
  readonly stats: SimulatorStats;
};

const LABEL_WIDTH = 14;

/** The run in figures, a line each. */
export function summaryLines(run: Run): readonly string[] {
  const ended = (ending: Ending) => run.workflows.filter((w) => endingOf(w) === ending);
  const durations = run.workflows.flatMap((w) => w.executionDurationMs ?? []);
  const perSecond = run.stepsExecuted / (run.elapsedMs / 1000);
  const faults = Object.entries(run.stats.faults).map(([kind, count]) => `${count} ${kind}`);
  return [
    row('orders', run.workflows.length),
    row('completed', ended('completed').length),
    ...withReasons('compensated', ended('compensated')),
    ...withReasons('failed', ended('failed')),
    row('cancelled', ended('cancelled').length),
    row('retries', run.retries),
    row('faults', faults.join(', ') || 'none'),
    row('steps', `${run.stepsExecuted}, ${perSecond.toFixed(0)} per second`),
    row(
      'an order takes',
      `p50 ${seconds(quantile(durations, 0.5))}, p99 ${seconds(quantile(durations, 0.99))}`,
    ),
  ];
}

/** Of sorted values the one below which this share of them lies; null where there are none. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

function withReasons(label: Ending, workflows: readonly WorkflowResponse[]): readonly string[] {
  const byReason = Map.groupBy(workflows, reasonOf);
  const reasons = [...byReason].sort(([, a], [, b]) => b.length - a.length);
  return [
    row(label, workflows.length),
    ...reasons.map(([reason, group]) => row('', `  ${group.length} ${reason}`)),
  ];
}

function row(label: string, value: number | string): string {
  return `  ${label.padEnd(LABEL_WIDTH)}  ${value}`;
}

function seconds(ms: number | null): string {
  return ms === null ? 'unknown' : `${(ms / 1000).toFixed(2)} s`;
}
