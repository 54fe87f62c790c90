import { z } from 'zod';
import type { WorkflowStatus } from '#domain/workflow/vocabulary.ts';
import type { StreamEvent } from '../processes/event-stream.ts';

/** What the event stream has told so far: enough to look on; the truth is asked of the API at the end. */
export type Tally = {
  /** Takes note of an event of the stream. */
  note(event: StreamEvent): void;
  statusOf(workflowId: string): WorkflowStatus | null;
  /** The workflow rests: nothing but an operator moves it any more. */
  hasEnded(workflowId: string): boolean;
  counts(): Readonly<Record<WorkflowStatus, number>>;
  /** Attempts that failed and were followed by another. */
  retries(): number;
  /** Steps done. */
  stepsExecuted(): number;
};

const eventSchema = z.object({
  data: z.looseObject({
    workflowInstanceId: z.string(),
    compensationRequired: z.boolean().optional(),
    successful: z.boolean().optional(),
    willRetry: z.boolean().optional(),
  }),
});

export function createTally(): Tally {
  const statuses = new Map<string, WorkflowStatus>();
  /** FAILED, but its compensation is still to come. */
  const notYet = new Set<string>();
  let retries = 0;
  let stepsExecuted = 0;

  return {
    note({ event, data }) {
      const parsed = eventSchema.safeParse(JSON.parse(data));
      if (!parsed.success) return; // not about a workflow
      const facts = parsed.data.data;
      const id = facts.workflowInstanceId;
      if (event === 'workflow.step.executed') stepsExecuted += 1;
      if (event === 'workflow.step.failed' && facts.willRetry === true) retries += 1;
      const status = statusAfter(event, facts.successful ?? true);
      if (status === null) return;
      statuses.set(id, status);
      if (facts.compensationRequired === true) notYet.add(id);
      else notYet.delete(id);
    },
    statusOf: (id) => statuses.get(id) ?? null,
    hasEnded(id) {
      const status = statuses.get(id);
      return status !== undefined && RESTING.has(status) && !notYet.has(id);
    },
    counts() {
      const counts: Record<WorkflowStatus, number> = { ...NONE };
      for (const status of statuses.values()) counts[status] += 1;
      return counts;
    },
    retries: () => retries,
    stepsExecuted: () => stepsExecuted,
  };
}

/** null: the event changes no status. */
function statusAfter(event: string, successful: boolean): WorkflowStatus | null {
  switch (event) {
    case 'workflow.started':
    case 'workflow.resumed':
    case 'workflow.retry':
      return 'EXECUTING';
    case 'workflow.paused':
      return 'PAUSED';
    case 'workflow.completed':
      return 'COMPLETED';
    case 'workflow.failed':
      return 'FAILED';
    case 'workflow.cancelled':
      return 'CANCELLED';
    case 'workflow.compensation.started':
      return 'COMPENSATING';
    case 'workflow.compensation.completed':
      return successful ? 'COMPENSATED' : 'FAILED';
    default:
      return null;
  }
}

const RESTING: ReadonlySet<WorkflowStatus> = new Set<WorkflowStatus>([
  'COMPLETED',
  'COMPENSATED',
  'CANCELLED',
  'FAILED',
]);

const NONE: Readonly<Record<WorkflowStatus, number>> = {
  PENDING: 0,
  EXECUTING: 0,
  PAUSED: 0,
  COMPLETED: 0,
  FAILED: 0,
  COMPENSATING: 0,
  COMPENSATED: 0,
  CANCELLED: 0,
};
