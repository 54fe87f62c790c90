import { dependenciesOf } from '#domain/definition/graph.ts';
import type { DefinitionDraft, ServiceCatalogue } from '#domain/definition/validation/draft.ts';
import {
  graphProblems,
  MAX_STEPS,
  stepCountProblems,
} from '#domain/definition/validation/graph-rules.ts';
import { definitionIdProblems, nameProblems } from '#domain/definition/validation/name-rules.ts';
import { outOfRange, type Problem } from '#domain/definition/validation/problem.ts';
import {
  outputReferenceProblems,
  stepReferenceProblems,
} from '#domain/definition/validation/reference-rules.ts';
import { releaseProblems } from '#domain/definition/validation/release-rules.ts';
import { stepProblems } from '#domain/definition/validation/step-rules.ts';

/** Nine digits: what `id@version` is read with. */
const MAX_VERSION = 999_999_999;
const MIN_TIMEOUT_MS = 1000;
/** Ten years: any deadline stays far inside the times that a Date can hold. */
const MAX_TIMEOUT_MS = 3650 * 24 * 3_600_000;

/**
 * Every reason to refuse a definition when it is saved (SPEC 8), all at once, in the order of the document. What JSON may stand
 * where is not asked here: a draft has been read already.
 * @param catalogue null: services and operations are not looked up
 */
export function definitionProblems(
  draft: DefinitionDraft,
  catalogue: ServiceCatalogue | null,
): readonly Problem[] {
  const { header, steps } = draft;
  const dependencies = dependenciesOf(
    steps.flatMap(({ stepId, dependencies: needed }) =>
      stepId === null ? [] : [{ stepId, dependencies: needed }],
    ),
  );
  // Who runs before whom takes quadratic time over all steps; a definition far too long is refused without it.
  const referencesChecked = steps.length <= 5 * MAX_STEPS;
  return [
    ...definitionIdProblems(header.definitionId, '/definitionId'),
    ...outOfRange(header.version, 1, MAX_VERSION, '/version'),
    ...nameProblems(header.name, '/name'),
    ...outOfRange(header.timeoutMs, MIN_TIMEOUT_MS, MAX_TIMEOUT_MS, '/timeoutMs'),
    ...releaseProblems(header),
    ...stepCountProblems(steps.length),
    ...graphProblems(steps, dependencies),
    ...steps.flatMap(({ step }, index) => {
      if (step === null) return [];
      const path = `/steps/${index}`;
      const own = stepProblems(step, path, catalogue);
      if (!referencesChecked) return own;
      return [...own, ...stepReferenceProblems(step, path, dependencies)];
    }),
    ...outputReferenceProblems(draft.output, dependencies),
  ];
}
