import { acceptedIds, type Evidence, type Finding, type Start } from './evidence.ts';

/**
 * What was accepted is kept, equal keys give one workflow, what was not accepted is not there; and whoever insisted was accepted in
 * the end, and never told that the engine had gone wrong.
 */
export function startFindings({ starts, served, stored }: Evidence): readonly Finding[] {
  const listed = new Set(served.map(({ id }) => id));
  const lost = [...acceptedIds(starts)]
    .filter((id) => !listed.has(id) || !stored.has(id))
    .map((id): Finding => ({ kind: 'lost', about: id, what: 'accepted, and it is gone' }));
  return [...lost, ...starts.flatMap((start) => judge(start, idsOf(start, served)))];
}

function idsOf({ correlationId }: Start, served: Evidence['served']): readonly string[] {
  return served.filter((w) => w.correlationId === correlationId).map(({ id }) => id);
}

function judge({ key, insisted, answers }: Start, ids: readonly string[]): readonly Finding[] {
  const findings: Finding[] = [];
  const said = answers.map(({ status }) => status).join(', ');
  const promised = new Set(answers.flatMap(({ workflowId }) => workflowId ?? []));
  if (promised.size > 1 || ids.length > 1) {
    const what = `one key, workflows ${[...new Set([...promised, ...ids])].join(', ')}`;
    findings.push({ kind: 'doubled', about: key, what });
  }
  const answered = answers.every(({ status }) => status !== null);
  if (answered && promised.size === 0 && ids.length > 0) {
    const what = `refused with ${said}, and it exists: ${ids.join(', ')}`;
    findings.push({ kind: 'wrong', about: key, what });
  }
  if (insisted && promised.size === 0) {
    findings.push({ kind: 'wrong', about: key, what: `never accepted, but answered ${said}` });
  }
  // 503 is how the engine says that something else is in its way (SPEC 5)
  if (answers.some(({ status }) => status !== null && status >= 500 && status !== 503)) {
    findings.push({ kind: 'wrong', about: key, what: `answered ${said}` });
  }
  return findings;
}
