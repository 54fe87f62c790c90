import { dependencyOrder, type Dependencies } from '#domain/definition/graph.ts';
import type { StepDraft } from '#domain/definition/validation/draft.ts';
import { quoted, type Problem } from '#domain/definition/validation/problem.ts';

/** SPEC 8 */
export const MAX_STEPS = 200;

/** SPEC 8: no steps at all, or more than 200. */
export function stepCountProblems(count: number): readonly Problem[] {
  if (count >= 1 && count <= MAX_STEPS) return [];
  return [{ path: '/steps', message: `must be 1 to ${MAX_STEPS} steps, are ${count}` }];
}

/** SPEC 8: two steps of one id, and dependencies that are unknown, doubled or cyclic. */
export function graphProblems(
  steps: readonly StepDraft[],
  dependencies: Dependencies,
): readonly Problem[] {
  const positions = new Map<string, number>();
  const problems: Problem[] = [];
  for (const [index, { stepId }] of steps.entries()) {
    if (stepId === null) continue;
    const first = positions.get(stepId);
    if (first === undefined) positions.set(stepId, index);
    else {
      const message = `step id ${quoted(stepId)} is taken by /steps/${first}`;
      problems.push({ path: `/steps/${index}/stepId`, message });
    }
  }
  for (const [index, step] of steps.entries()) {
    problems.push(...dependencyProblems(step, `/steps/${index}/dependencies`, dependencies));
  }
  for (const cycle of dependencyOrder(dependencies).cycles) {
    const index = positions.get(cycle[0] ?? '') ?? 0;
    const message = `cyclic dependency: ${namesOf(cycle)}`;
    problems.push({ path: `/steps/${index}/dependencies`, message });
  }
  return problems;
}

function dependencyProblems(
  step: StepDraft,
  path: string,
  dependencies: Dependencies,
): readonly Problem[] {
  return step.dependencies.flatMap((id, place) => {
    const at = `${path}/${place}`;
    if (!dependencies.has(id)) return [{ path: at, message: `unknown step ${quoted(id)}` }];
    if (step.dependencies.indexOf(id) === place) return [];
    return [{ path: at, message: `${quoted(id)} is listed already` }];
  });
}

function namesOf(cycle: readonly string[]): string {
  const shown = [...cycle.slice(0, MAX_STEPS), cycle[0] ?? ''];
  return shown.map((stepId) => stepId.slice(0, 64)).join(' -> ');
}
