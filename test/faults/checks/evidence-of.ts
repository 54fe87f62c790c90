import { workflowView } from '#api/views/workflow-view.ts';
import type { WorkflowResponse } from '#api/schemas/workflow.ts';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import type { WorkflowCommand } from '#domain/workflow/commands.ts';
import { decide, decideCreation } from '#domain/workflow/decide.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';
import { creationOf } from '#test/support/domain-definitions.ts';
import type { LedgerEntry } from '../../../scripts/processes/simulator-control.ts';
import { statesOf } from './collect.ts';
import type { Evidence, Start } from './evidence.ts';

/** Made-up evidence for the tests of the checks: one workflow as the domain has it, and all that goes with it. */
export type Story = {
  readonly definition: WorkflowDefinition;
  readonly ending: Start['ending'];
  /** What happens, one a second. */
  readonly commands: readonly WorkflowCommand[];
  /** `<stepId>:<do|undo>`, in the order in which the services did them. */
  readonly effects: readonly string[];
};

export const ID = '01a20000-0000-7000-8000-000000000001';
const CORRELATION = 'ORD-1';

/** Evidence against which nothing can be said, where the story holds together. */
export function evidenceOf({ definition, ending, commands, effects }: Story): Evidence {
  const creation = creationOf(definition, { correlationId: CORRELATION });
  let { state, events } = decided(decideCreation(definition, ID, creation, 0));
  const log: RecordedEvent[] = [...events];
  for (const [index, command] of commands.entries()) {
    ({ state, events } = decided(decide(state, command, (index + 1) * 1000)));
    log.push(...events);
  }
  const served = [JSON.parse(JSON.stringify(workflowView(state))) as WorkflowResponse];
  const answer = { status: 201, workflowId: ID, tookMs: 5 };
  return {
    starts: [
      { key: 'start-1', correlationId: CORRELATION, ending, insisted: true, answers: [answer] },
    ],
    served,
    servedById: served,
    stored: new Map([
      [ID, { log, states: statesOf(log, definition), headVersion: log.length, moving: false }],
    ]),
    effects: effects.map((effect, index) => entry(effect, index + 1)),
    ledger: soundLedger(effects.length),
    healedAt: 0,
  };
}

/** One effect in the services' ledger. */
export function entry(effect: string, seq: number): LedgerEntry {
  const [stepId = '', direction] = effect.split(':');
  return {
    ...{ seq, at: seq * 1000, workflowId: ID, stepId, key: `${ID}:${effect}` },
    ...{ kind: direction === 'undo' ? 'undo' : 'do', service: 'inventory-service' },
    operation: `${direction}-${stepId}`,
  };
}

function soundLedger(applied: number): Evidence['ledger'] {
  return {
    ...{ ok: true, workflows: 1, unlisted: 0, applied, undone: 0, duplicated: 0, leftUndone: 0 },
    offences: [],
  };
}

function decided(decision: ReturnType<typeof decide>) {
  if (decision.kind === 'illegal') throw new Error(decision.message);
  return decision;
}
