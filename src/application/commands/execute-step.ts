import { carryOut } from '#application/command-result.ts';
import type { CommandResult, Operator } from '#application/orchestration.ts';
import type { Workflows } from '#application/workflows.ts';
import type { JsonObject } from '#domain/json.ts';

/** Runs a FAILED step of a PAUSED or FAILED workflow at once, with corrected input where given (SPEC 2). */
export function executeStep(workflows: Workflows) {
  return (
    id: string,
    by: Operator & { readonly stepId: string; readonly inputData: JsonObject | null },
  ): Promise<CommandResult> =>
    carryOut(workflows, id, {
      type: 'executeStep',
      stepId: by.stepId,
      by: by.by,
      inputData: by.inputData,
    });
}
