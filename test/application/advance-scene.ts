import type { ExecutionContext } from 'ava';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import type { StepState } from '#domain/workflow/state.ts';
import { call, definitionOf } from '#test/support/domain-definitions.ts';
import { begin, createEngineWorld, startProcess } from '#test/support/engine-process.ts';

export const ONE = definitionOf([call('a')]);
export const TWO = definitionOf([call('a'), call('b', ['a'])]);

/** A workflow that has just begun, and the process that is to advance it. */
export async function scene(definition: WorkflowDefinition = TWO) {
  const world = createEngineWorld();
  const process = startProcess(world);
  const id = await begin(process, definition);
  return {
    ...world,
    world,
    process,
    id,
    job: (stepId: string, dispatch = 1) => ({ workflowId: id, stepId, dispatch }),
    operations: () => world.services.calls.map(({ operation }) => operation),
    state: () => process.workflows.load(id, { fresh: true }),
  };
}

export type Scene = Awaited<ReturnType<typeof scene>>;

export async function isStep(
  t: ExecutionContext,
  { state }: Pick<Scene, 'state'>,
  stepId: string,
  expected: Partial<StepState>,
): Promise<void> {
  t.like((await state())?.steps.get(stepId), expected);
}
