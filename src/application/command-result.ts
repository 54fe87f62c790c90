import type { CommandResult } from '#application/orchestration.ts';
import type { Workflows } from '#application/workflows.ts';
import type { OperatorCommand } from '#domain/workflow/commands.ts';

/** Carries out an operator's command on a workflow and says how it went. */
export async function carryOut(
  workflows: Workflows,
  workflowId: string,
  command: OperatorCommand,
): Promise<CommandResult> {
  const result = await workflows.handle(workflowId, command);
  switch (result.kind) {
    case 'done':
      return { kind: 'done', state: result.state };
    case 'unknown-workflow':
      return result;
    case 'illegal':
      return {
        kind: 'illegal',
        status: result.state.status,
        message: result.message,
        allowed: result.allowed,
      };
  }
}
