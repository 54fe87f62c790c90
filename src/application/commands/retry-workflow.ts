import { carryOut } from '#application/command-result.ts';
import type { CommandResult, Operator } from '#application/orchestration.ts';
import type { Workflows } from '#application/workflows.ts';

/** Takes a failed workflow up again from the point of failure, at most maxRetries times (SPEC 2). */
export function retryWorkflow(workflows: Workflows) {
  return (id: string, by: Operator): Promise<CommandResult> =>
    carryOut(workflows, id, { type: 'retry', by: by.by, reason: by.reason });
}
