import { carryOut } from '#application/command-result.ts';
import type { CommandResult } from '#application/orchestration.ts';
import type { Workflows } from '#application/workflows.ts';
import type { WavelessPace } from '#domain/workflow/commands.ts';

/**
 * Puts a workflow into its lane, and says how fast that lane may be released while the workflow waits. One that is under way
 * counts from now on as an order on the floor of its lane.
 */
export function enableWaveless(workflows: Workflows) {
  return (id: string, pace: WavelessPace): Promise<CommandResult> =>
    carryOut(workflows, id, { type: 'enableWaveless', ...pace });
}
