import { carryOut } from '#application/command-result.ts';
import type { CommandResult, Operator } from '#application/orchestration.ts';
import type { Workflows } from '#application/workflows.ts';

/** Ends a workflow; with `compensate` what was done is undone first (SPEC 2). */
export function cancelWorkflow(workflows: Workflows) {
  return (id: string, by: Operator & { readonly compensate: boolean }): Promise<CommandResult> =>
    carryOut(workflows, id, {
      type: 'cancel',
      by: by.by,
      reason: by.reason,
      compensate: by.compensate,
    });
}
