import type { WorkflowResponse } from '#api/schemas/workflow.ts';
import { outcomesOf, type Histories } from '../processes/outcomes-of.ts';
import type { LedgerCheck, SimulatorControl } from '../processes/simulator-control.ts';
import { endingOf } from './endings.ts';

export type Verdict = {
  /** `effects applied N, duplicated N, left undone N` */
  readonly ledgerLine: string;
  /** What is wrong, a line each; none: all is well. */
  readonly faults: readonly string[];
};

/**
 * Holds the engine's word against the services' ledger.
 * @param accepted ids of the workflows that the API answered 201 for
 * @param workflows all that the API lists at the end
 */
export async function check(
  { api, simulator }: { readonly api: Histories; readonly simulator: SimulatorControl },
  accepted: ReadonlySet<string>,
  workflows: readonly WorkflowResponse[],
): Promise<Verdict> {
  const ledger = await simulator.check(await outcomesOf(api, workflows));
  const halfUndone = workflows.filter(({ failure }) => failure?.code === 'COMPENSATION_FAILED');
  const leftUndone = ledger.leftUndone + halfUndone.length;
  return {
    ledgerLine: `effects applied ${ledger.applied}, duplicated ${ledger.duplicated}, left undone ${leftUndone}`,
    faults: [
      ...countFaults(accepted, workflows),
      ...workflows
        .filter((workflow) => endingOf(workflow) === null)
        .map(({ id, status }) => `workflow ${id} has not ended: it is ${status}`),
      ...halfUndone.map(({ id, failure }) => `workflow ${id}: ${failure?.message}`),
      ...ledgerFaults(ledger),
    ],
  };
}

function countFaults(
  accepted: ReadonlySet<string>,
  workflows: readonly WorkflowResponse[],
): readonly string[] {
  const listed = new Set(workflows.map(({ id }) => id));
  const lost = [...accepted].filter((id) => !listed.has(id));
  const faults = lost.map((id) => `workflow ${id} was accepted and is gone`);
  if (listed.size > accepted.size) {
    faults.push(`${accepted.size} workflows were accepted, but there are ${listed.size}`);
  }
  return faults;
}

function ledgerFaults({ offences, unlisted }: LedgerCheck): readonly string[] {
  const faults = offences.map(
    ({ offence, workflowId, stepId, detail }) => `${offence}: ${workflowId} ${stepId} (${detail})`,
  );
  if (unlisted > 0)
    faults.push(`${unlisted} workflows have effects that the engine knows nothing of`);
  return faults;
}
