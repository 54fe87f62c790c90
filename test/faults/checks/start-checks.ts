import { acceptedIds, type Evidence, type Finding, type Start } from './evidence.ts';

/** Every 201 is kept, equal keys give one workflow, and what was not accepted is not there. */
export function startFindings({ starts, served, stored }: Evidence): readonly Finding[] {
  const listed = new Set(served.map(({ id }) => id));
  const lost = [...acceptedIds(starts)]
    .filter((id) => !listed.has(id) || !stored.has(id))
    .map((id): Finding => ({ kind: 'lost', about: id, what: 'answered 201, and it is gone' }));
  return [...lost, ...starts.flatMap((start) => judge(start, idsOf(start, served)))];
}

function idsOf({ correlationId }: Start, served: Evidence['served']): readonly string[] {
  return served.filter((w) => w.correlationId === correlationId).map(({ id }) => id);
}

function judge({ key, answers }: Start, ids: readonly string[]): readonly Finding[] {
  const findings: Finding[] = [];
  const promised = new Set(answers.flatMap(({ workflowId }) => workflowId ?? []));
  if (promised.size > 1 || ids.length > 1) {
    const what = `one key, workflows ${[...new Set([...promised, ...ids])].join(', ')}`;
    findings.push({ kind: 'doubled', about: key, what });
  }
  const answered = answers.every(({ status }) => status !== null);
  if (answered && promised.size === 0 && ids.length > 0) {
    const what = `refused with ${answers.map((a) => a.status).join(', ')}, and it exists: ${ids.join(', ')}`;
    findings.push({ kind: 'wrong', about: key, what });
  }
  return findings;
}
