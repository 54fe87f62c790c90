import type { CallStep, StepDefinition, WaitStep } from '#domain/definition/definition.ts';
import { ancestorsOf, type Dependencies } from '#domain/definition/graph.ts';
import { isCompletedByEvent } from '#domain/definition/event-steps.ts';
import { operandsOf } from '#domain/definition/validation/condition-rules.ts';
import type { DefinitionDraft } from '#domain/definition/validation/draft.ts';
import {
  fieldsProblems,
  mappingProblems,
  type PointerRules,
} from '#domain/definition/validation/pointer-rules.ts';
import { quoted, type Problem } from '#domain/definition/validation/problem.ts';

/**
 * The pointers of a step (SPEC 8): into steps that are its ancestors, because only their output is sure to be settled; from its
 * compensation also into its own output; to the reply from failWhen and from the key of its event only.
 */
export function stepReferenceProblems(
  step: StepDefinition,
  path: string,
  dependencies: Dependencies,
): readonly Problem[] {
  const ancestors = ancestorsOf(dependencies, step.dependencies);
  const before: PointerRules = {
    reply: false,
    stepProblem: (stepId) => {
      if (stepId === step.stepId)
        return 'a step can look at its own output in its compensation only';
      if (ancestors.has(stepId)) return null;
      if (!dependencies.has(stepId)) return `unknown step ${quoted(stepId)}`;
      return `step ${quoted(stepId)} need not have run before: it is not among the dependencies, nor theirs`;
    },
  };
  const condition = step.condition === null ? [] : operandsOf(step.condition, `${path}/condition`);
  return [
    ...condition.flatMap(({ mapping, path: at }) => mappingProblems(mapping, at, before)),
    ...(step.kind === 'call'
      ? callReferenceProblems(step, path, before)
      : waitReferenceProblems(step, path, before)),
  ];
}

/** The pointers of the workflow's output, which may look at any step. */
export function outputReferenceProblems(
  output: DefinitionDraft['output'],
  dependencies: Dependencies,
): readonly Problem[] {
  return fieldsProblems(output, '/output', {
    reply: false,
    stepProblem: (stepId) => (dependencies.has(stepId) ? null : `unknown step ${quoted(stepId)}`),
  });
}

function waitReferenceProblems(
  { wait }: WaitStep,
  path: string,
  before: PointerRules,
): readonly Problem[] {
  return 'until' in wait ? mappingProblems(wait.until, `${path}/wait/until`, before) : [];
}

function callReferenceProblems(
  step: CallStep,
  path: string,
  before: PointerRules,
): readonly Problem[] {
  const answered: PointerRules = { ...before, reply: true };
  const undoing: PointerRules = {
    ...before,
    stepProblem: (stepId) => (stepId === step.stepId ? null : before.stepProblem(stepId)),
  };
  const failWhen = step.failWhen === null ? [] : operandsOf(step.failWhen, `${path}/failWhen`);
  return [
    ...fieldsProblems(step.input, `${path}/input`, before),
    ...failWhen.flatMap(({ mapping, path: at }) => mappingProblems(mapping, at, answered)),
    ...(isCompletedByEvent(step)
      ? mappingProblems(
          step.completion.correlationKey,
          `${path}/completion/correlationKey`,
          answered,
        )
      : []),
    ...(step.compensation.strategy === 'NONE'
      ? []
      : fieldsProblems(step.compensation.input, `${path}/compensation/input`, undoing)),
  ];
}
