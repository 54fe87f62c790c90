import fc from 'fast-check';
import { anyStory, live } from '#test/model/live.ts';

/** How much is tried, and from where; seed and path replay a failure. */
export type ModelRuns = {
  readonly runs: number;
  readonly seed?: number | undefined;
  readonly path?: string | undefined;
};

/**
 * Lives arbitrary stories of the real application in a world that is out to break it.
 * @returns how many went well, and the seed
 * @throws Error telling the shortest story that breaks a rule, the rule, and how to replay it
 */
export async function checkEngine({
  runs,
  seed,
  path,
}: ModelRuns): Promise<{ readonly runs: number; readonly seed: number }> {
  const details = await fc.check(fc.asyncProperty(anyStory, live), {
    numRuns: runs,
    includeErrorInReport: true,
    ...(seed === undefined ? {} : { seed }),
    ...(path === undefined ? {} : { path, endOnFailure: true }),
  });
  if (details.failed)
    throw new Error(`${replayHint(details)}\n${fc.defaultReportMessage(details)}`);
  return { runs: details.numRuns, seed: details.seed };
}

function replayHint({
  seed,
  counterexamplePath,
}: {
  readonly seed: number;
  readonly counterexamplePath: string | null;
}): string {
  return `replay with: npm run test:model -- --seed=${seed} --path ${counterexamplePath ?? ''}`;
}
