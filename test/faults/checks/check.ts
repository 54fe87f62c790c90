import { effectFindings } from './effect-checks.ts';
import { endFindings } from './end-checks.ts';
import type { Evidence, Finding } from './evidence.ts';
import { logFindings } from './log-checks.ts';
import { startFindings } from './start-checks.ts';

/** The one check that every fault has to pass. @returns all that is wrong; nothing: all is well */
export function check(evidence: Evidence): readonly Finding[] {
  return [
    ...startFindings(evidence),
    ...endFindings(evidence),
    ...logFindings(evidence),
    ...effectFindings(evidence),
  ];
}
