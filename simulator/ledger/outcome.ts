import { z } from 'zod';
import { WORKFLOW_STATUSES } from '#domain/workflow/vocabulary.ts';

/** What the engine says became of a workflow: what the ledger is checked against. */
const outcomeSchema = z.strictObject({
  workflowId: z.string().min(1),
  status: z.enum(WORKFLOW_STATUSES),
  /** The steps that must be undone when the workflow is; absent: by the catalogue, operation by operation. */
  compensable: z.array(z.string()).optional(),
  /** The engine's own order of completion, first to last; absent: the order that the services can vouch for. */
  completionOrder: z.array(z.string()).optional(),
});

export const outcomesSchema = z.array(outcomeSchema);

export type Outcome = z.output<typeof outcomeSchema>;
