import { carryOut } from '#application/command-result.ts';
import type { CommandResult, Operator } from '#application/orchestration.ts';
import type { Workflows } from '#application/workflows.ts';

/** Leaves a FAILED step out: SKIPPED satisfies its dependents (SPEC 2). */
export function skipStep(workflows: Workflows) {
  return (id: string, by: Operator & { readonly stepId: string }): Promise<CommandResult> =>
    carryOut(workflows, id, { type: 'skipStep', stepId: by.stepId, by: by.by, reason: by.reason });
}
