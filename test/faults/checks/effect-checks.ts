import type { LedgerEntry } from '../../../scripts/processes/simulator-control.ts';
import type { Evidence, Finding, Stored } from './evidence.ts';
import { toUndo, undoableSteps, undone } from './undo-order.ts';

/** One effect per name, names as DESIGN 1.3 has them, and of a compensated workflow everything undone once and in order. */
export function effectFindings(evidence: Evidence): readonly Finding[] {
  const { stored, effects, ledger } = evidence;
  const findings: Finding[] = [...misnamed(effects), ...repeated(effects)];
  for (const { offence, workflowId, stepId, detail } of ledger.offences) {
    if (offence === 'applied-twice') continue; // `repeated` has found it
    findings.push({ kind: 'wrong', about: workflowId, what: `${offence}: ${stepId} (${detail})` });
  }
  for (const { key, workflowId, stepId } of effects) {
    // the services read both off the key: of a key that a retry had changed they would not know
    const steps = stored.get(workflowId)?.states[0]?.definition.steps;
    if (steps?.some((step) => step.stepId === stepId) === true) continue;
    const none = steps === undefined ? 'workflow' : 'step';
    const what = `${key} took effect, and the engine knows of no such ${none}`;
    findings.push({ kind: 'wrong', about: workflowId, what });
  }
  const applied = new Set(effects.filter(({ kind }) => kind === 'do').map(address));
  for (const [id, workflow] of stored) {
    for (const stepId of claimed(workflow)) {
      if (applied.has(`${id}:${stepId}:do`)) continue;
      const what = `${stepId} counts as done, and its service knows of no effect`;
      findings.push({ kind: 'lost', about: id, what });
    }
    if (workflow.states.at(-1)?.status !== 'COMPENSATED') continue;
    const [wanted, done] = [toUndo(workflow), undone(workflow.log)];
    if (wanted.join() === done.join()) continue;
    const what = `to be undone: ${wanted.join(', ')}; undone: ${done.join(', ')}`;
    findings.push({ kind: 'wrong', about: id, what });
  }
  return findings;
}

/** The steps with an effect that the log says were carried out. */
function claimed({ log, states }: Stored): readonly string[] {
  const withEffect = undoableSteps({ states });
  return log.flatMap(({ event }) =>
    event.type === 'WorkflowStepExecuted' && withEffect.includes(event.stepId) ? event.stepId : [],
  );
}

/** The name says workflow, step and direction, and nothing that a retry could change. */
function misnamed(effects: readonly LedgerEntry[]): readonly Finding[] {
  return effects
    .filter((entry) => entry.key !== address(entry))
    .map(({ workflowId, key, kind }) => ({
      kind: 'wrong',
      about: workflowId,
      what: `a ${kind} under the key ${key}`,
    }));
}

/** More than one effect of one step in one direction, under whatever name. */
function repeated(effects: readonly LedgerEntry[]): readonly Finding[] {
  const byAddress = Map.groupBy(effects, address);
  return [...byAddress]
    .filter(([, entries]) => entries.length > 1)
    .map(([name, entries]) => ({
      kind: 'doubled',
      about: entries[0]?.workflowId ?? '',
      what: `${name} took effect ${entries.length} times`,
    }));
}

function address({ workflowId, stepId, kind }: LedgerEntry): string {
  return `${workflowId}:${stepId}:${kind === 'do' ? 'do' : 'undo'}`;
}
