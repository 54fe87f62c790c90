import type { WorkflowResponse } from '#api/schemas/workflow.ts';
import type { EngineApi } from './engine-api.ts';
import type { WorkflowOutcome } from './simulator-control.ts';

/** Of the API, the part that tells histories. */
export type Histories = Pick<EngineApi, 'history'>;

/**
 * What the engine says became of its workflows, in the words in which the simulator holds its ledger against it: of those that
 * were undone with the order in which their steps were completed, which only the engine knows of steps that stand side by side.
 * A step that an event completes has its place where that came, or, where it never did, where its call was answered. A step that it learnt nothing of, and undoes to be sure, has no place in that order.
 */
export async function outcomesOf(
  api: Histories,
  workflows: readonly Pick<WorkflowResponse, 'id' | 'status'>[],
): Promise<readonly WorkflowOutcome[]> {
  const outcomes: WorkflowOutcome[] = [];
  for (const { id, status } of workflows) {
    if (status !== 'COMPENSATED') outcomes.push({ workflowId: id, status });
    else outcomes.push({ workflowId: id, status, completionOrder: await completionOrder(api, id) });
  }
  return outcomes;
}

async function completionOrder(api: Histories, workflowId: string): Promise<readonly string[]> {
  const { items } = await api.history(workflowId);
  const done = items.flatMap(({ eventType, data }) => {
    const isDone = eventType === 'WorkflowStepExecuted' || eventType === 'StepEventAwaited';
    return isDone && typeof data['stepId'] === 'string' ? data['stepId'] : [];
  });
  return done.filter((stepId, index) => done.lastIndexOf(stepId) === index);
}
