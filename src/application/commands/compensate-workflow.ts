import { carryOut } from '#application/command-result.ts';
import type { CommandResult, Operator } from '#application/orchestration.ts';
import type { Workflows } from '#application/workflows.ts';

/** Undoes what a workflow did, in reverse order; also takes up an undo that failed (SPEC 2). */
export function compensateWorkflow(workflows: Workflows) {
  return (id: string, by: Operator): Promise<CommandResult> =>
    carryOut(workflows, id, { type: 'compensate', by: by.by, reason: by.reason });
}
