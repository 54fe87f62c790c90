import fc from 'fast-check';
import type { GraphStep } from '#domain/definition/graph.ts';

/** Random acyclic graphs of up to `maxSteps` steps, listed in random order, with runs, forks and joins. */
export function randomDag(maxSteps: number): fc.Arbitrary<readonly GraphStep[]> {
  return fc
    .array(fc.array(fc.nat(), { maxLength: 3 }), { maxLength: maxSteps })
    .map((choices) =>
      choices.map((chosen, index) => ({
        stepId: `s${index}`,
        dependencies: dependenciesAmong(chosen, index),
      })),
    )
    .chain((steps) => fc.shuffledSubarray(steps, { minLength: steps.length }));
}

/** Mostly the steps just before, so that long runs come about. */
function dependenciesAmong(chosen: readonly number[], index: number): readonly string[] {
  const near = chosen.map((choice) => index - 1 - (choice % 3)).filter((place) => place >= 0);
  return [...new Set(near)].map((place) => `s${place}`);
}
