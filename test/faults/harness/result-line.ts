import type { CaseResult } from './run-case.ts';

/** Findings of one case that are shown; a fault of the engine often shows in hundreds of workflows at once. */
const SHOWN = 20;
const TITLE_WIDTH = 52;

/** `a  kill -9 of workers   workflows 120  lost 0  doubled 0  stuck 0  wrong 0  recovered in 12.3 s` */
export function resultLine({
  letter,
  title,
  workflows,
  findings,
  recoveredMs,
}: CaseResult): string {
  const count = (kind: string) => findings.filter((finding) => finding.kind === kind).length;
  const counts = ['lost', 'doubled', 'stuck', 'wrong'].map((kind) => `${kind} ${count(kind)}`);
  const recovered =
    recoveredMs === null ? 'broke off' : `recovered in ${(recoveredMs / 1000).toFixed(1)} s`;
  const figures = [`workflows ${String(workflows).padStart(3)}`, ...counts, recovered];
  return `${letter}  ${title.padEnd(TITLE_WIDTH)}  ${figures.join('  ')}`;
}

/** What is wrong, a line each; none: all is well. */
export function findingLines({ findings, folders }: CaseResult): readonly string[] {
  if (findings.length === 0) return [];
  const lines = findings
    .slice(0, SHOWN)
    .map(({ kind, about, what }) => `     ${kind}: ${about}: ${what}`);
  const more = findings.length > SHOWN ? [`     and ${findings.length - SHOWN} more`] : [];
  const logs = folders.length === 0 ? [] : [`     logs and store: ${folders.join(' ')}`];
  return [...lines, ...more, ...logs];
}
