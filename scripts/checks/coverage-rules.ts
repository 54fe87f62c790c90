import { z } from 'zod';

/** A share of a folder's lines or branches that tests must reach. */
export type CoverageRule = {
  /** Folders, from the root of the project, with a slash at the end. */
  readonly folders: readonly string[];
  readonly measure: 'lines' | 'branches';
  readonly minimumPercent: number;
};

const countSchema = z.object({ total: z.number(), covered: z.number() });

/** Istanbul's json-summary: counts by absolute file name, and their total. */
export const coverageSummarySchema = z.record(
  z.string(),
  z.object({ lines: countSchema, branches: countSchema }),
);
export type CoverageSummary = z.infer<typeof coverageSummarySchema>;

export type CoverageVerdict = {
  readonly rule: CoverageRule;
  readonly percent: number;
  readonly held: boolean;
};

/**
 * Holds a summary against the rules.
 * @param root absolute name of the project's folder, without a slash at the end
 * @returns one verdict a rule; a rule of which no file was seen is broken
 */
export function judgeCoverage(
  summary: CoverageSummary,
  rules: readonly CoverageRule[],
  root: string,
): readonly CoverageVerdict[] {
  return rules.map((rule) => {
    const counts = Object.entries(summary)
      .filter(([file]) => rule.folders.some((folder) => file.startsWith(`${root}/${folder}`)))
      .map(([, file]) => file[rule.measure]);
    const sum = (key: 'total' | 'covered') => counts.reduce((all, count) => all + count[key], 0);
    const percent = sum('total') === 0 ? 0 : (100 * sum('covered')) / sum('total');
    return { rule, percent, held: percent >= rule.minimumPercent };
  });
}
