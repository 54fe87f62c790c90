import { carryOut } from '#application/command-result.ts';
import type { CommandResult, Operator } from '#application/orchestration.ts';
import type { Workflows } from '#application/workflows.ts';

/** Lets a paused workflow go on; its deadline moves by the time that it stood. */
export function resumeWorkflow(workflows: Workflows) {
  return (id: string, by: Operator): Promise<CommandResult> =>
    carryOut(workflows, id, { type: 'resume', by: by.by });
}
