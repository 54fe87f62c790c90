import { carryOut } from '#application/command-result.ts';
import type { CommandResult, Operator } from '#application/orchestration.ts';
import type { Workflows } from '#application/workflows.ts';

/** Puts a FAILED step back to PENDING: it runs when the workflow goes on (SPEC 2). */
export function retryStep(workflows: Workflows) {
  return (id: string, by: Operator & { readonly stepId: string }): Promise<CommandResult> =>
    carryOut(workflows, id, { type: 'retryStep', stepId: by.stepId, by: by.by });
}
