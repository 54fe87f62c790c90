import { z } from 'zod';
import { WORKFLOW_STATUSES } from '#domain/workflow/vocabulary.ts';

/** What the engine says became of a workflow: what the ledger is checked against. */
const outcomeSchema = z.strictObject({
  workflowId: z.string().min(1),
  status: z.enum(WORKFLOW_STATUSES),
  /** The steps that must be undone when the workflow is; absent: by the catalogue, operation by operation. */
  compensable: z.array(z.string()).optional(),
  /**
   * The engine's own order of completion, first to last. Absent: the order in which the services sent their answers, which is the
   * engine's own only where the steps stand one after another: of two that stand side by side it may hear in the other order.
   */
  completionOrder: z.array(z.string()).optional(),
});

export const outcomesSchema = z.array(outcomeSchema);

export type Outcome = z.output<typeof outcomeSchema>;
