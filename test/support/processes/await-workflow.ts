import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowResponse } from '#api/schemas/workflow.ts';
import type { EngineApi } from '../../../scripts/processes/engine-api.ts';

type Status = WorkflowResponse['status'];

const LOOK_EVERY_MS = 20;
const LIMIT_MS = 20_000;

/**
 * Waits until a workflow is as wished.
 * @throws Error that tells how it is instead after 20 s (or `limitMs`)
 */
export async function awaitWorkflow(
  api: EngineApi,
  id: string,
  reached: (workflow: WorkflowResponse) => boolean,
  limitMs = LIMIT_MS,
): Promise<WorkflowResponse> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const workflow = await api.get(id);
    if (reached(workflow)) return workflow;
    if (performance.now() > deadline) {
      throw new Error(`not reached in ${limitMs} ms: ${JSON.stringify(workflow, null, 2)}`);
    }
    await delay(LOOK_EVERY_MS);
  }
}

/** Waits until a workflow has one of these statuses. */
export async function awaitStatus(
  api: EngineApi,
  id: string,
  ...statuses: readonly Status[]
): Promise<WorkflowResponse> {
  return await awaitWorkflow(api, id, ({ status }) => statuses.includes(status));
}

/** Waits until a step of a workflow has this status. */
export async function awaitStep(
  api: EngineApi,
  id: string,
  stepId: string,
  status: WorkflowResponse['steps'][number]['status'],
): Promise<WorkflowResponse> {
  return await awaitWorkflow(api, id, (workflow) => stepOf(workflow, stepId).status === status);
}

/** @throws Error when the workflow has no such step */
export function stepOf(
  workflow: WorkflowResponse,
  stepId: string,
): WorkflowResponse['steps'][number] {
  const step = workflow.steps.find((candidate) => candidate.stepId === stepId);
  if (step === undefined) throw new Error(`workflow ${workflow.id} has no step ${stepId}`);
  return step;
}
