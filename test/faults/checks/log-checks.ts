import { isDeepStrictEqual } from 'node:util';
import { workflowView } from '#api/views/workflow-view.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import { isTerminal } from '#domain/workflow/vocabulary.ts';
import { STATUS_ARROWS } from '#test/support/status-arrows.ts';
import type { Evidence, Finding, Stored } from './evidence.ts';

/** Logs run 1..n, lead where the API says, by arrows of SPEC 2 only, and end where they end. */
export function logFindings({ served, servedById, stored }: Evidence): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [id, workflow] of stored) {
    const wrong = (what: string) => findings.push({ kind: 'wrong', about: id, what });
    gapless(workflow, wrong);
    arrows(workflow, wrong);
  }
  for (const workflow of [...served, ...servedById]) {
    const state = stored.get(workflow.id)?.states.at(-1);
    if (state === undefined) continue;
    const folded: unknown = JSON.parse(JSON.stringify(workflowView(state)));
    // why it waits no log can tell: queues and breakers have a part in that
    if (isDeepStrictEqual(folded, { ...workflow, waiting: null })) continue;
    const what = `the API serves ${workflow.status}, its log leads to ${state.status}, and they differ`;
    findings.push({ kind: 'wrong', about: workflow.id, what });
  }
  return findings;
}

type Say = (what: string) => void;

function gapless({ log, headVersion }: Stored, wrong: Say): void {
  const versions = log.map(({ version }) => version);
  const gap = versions.findIndex((version, index) => version !== index + 1);
  if (gap >= 0) wrong(`the log has version ${versions[gap]} at place ${gap + 1}`);
  if (headVersion !== log.length) wrong(`head ${headVersion}, but ${log.length} events`);
}

/** SPEC 2: a workflow is complete when every step is COMPLETED or SKIPPED. */
function completedWhole({ steps }: WorkflowState, wrong: Say): void {
  for (const { stepId, status } of steps.values()) {
    if (status === 'COMPLETED' || status === 'SKIPPED') continue;
    wrong(`COMPLETED, although ${stepId} is ${status}`);
  }
}

function arrows({ states, log }: Stored, wrong: Say): void {
  let before: WorkflowState | undefined;
  for (const [index, state] of states.entries()) {
    const type = log[index]?.event.type;
    if (before !== undefined) {
      const { status } = before;
      if (isTerminal(status)) wrong(`${type} after the end, ${status}`);
      else if (status !== state.status && !STATUS_ARROWS[status].includes(state.status)) {
        wrong(`${status} -> ${state.status} by ${type}`);
      }
      if (status !== state.status && state.status === 'COMPLETED') completedWhole(state, wrong);
    }
    before = state;
  }
}
