import { carryOut } from '#application/command-result.ts';
import type { CommandResult } from '#application/orchestration.ts';
import type { LaneRules } from '#application/waveless/lane-rules.ts';
import { placeProblems } from '#application/waveless/place-problems.ts';
import type { Workflows } from '#application/workflows.ts';
import type { WavelessPace } from '#domain/workflow/commands.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import { isActive, supportsWaveless } from '#domain/workflow/vocabulary.ts';

/**
 * Puts a workflow into its lane, and says how fast that lane may be released while the workflow waits. One that is under way
 * counts from now on as an order on the floor of its lane; refused where there is no such lane.
 */
export function enableWaveless(workflows: Workflows, lanes: LaneRules) {
  return async (id: string, pace: WavelessPace): Promise<CommandResult> => {
    const state = await workflows.load(id);
    const problems = state !== null && isNewcomer(state) ? placeProblems(state, lanes) : [];
    if (problems.length > 0) return { kind: 'invalid', problems };
    return await carryOut(workflows, id, { type: 'enableWaveless', ...pace });
  };
}

/** Would it come into its lane by this? Who is in a lane that was taken out of the configuration since stays there. */
function isNewcomer({ waveless, status, workflowType }: WorkflowState): boolean {
  return !waveless && isActive(status) && supportsWaveless(workflowType);
}
