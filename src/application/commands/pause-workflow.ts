import { carryOut } from '#application/command-result.ts';
import type { CommandResult, Operator } from '#application/orchestration.ts';
import type { Workflows } from '#application/workflows.ts';

/** Stops a workflow from beginning anything new; calls under way finish and are recorded (SPEC 2). */
export function pauseWorkflow(workflows: Workflows) {
  return (id: string, by: Operator): Promise<CommandResult> =>
    carryOut(workflows, id, { type: 'pause', by: by.by, reason: by.reason });
}
