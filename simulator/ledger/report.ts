import { checkWorkflow, twiceApplied } from '#simulator/ledger/check.ts';
import type { EffectFacts, Offence } from '#simulator/ledger/check.ts';
import type { Ledger, LedgerEntry } from '#simulator/ledger/ledger.ts';
import type { Outcome } from '#simulator/ledger/outcome.ts';
import { findOperation } from '#simulator/services.ts';

/** The ledger against the engine's word. All counts but `unlisted` and `duplicated` are of the workflows that were listed. */
export type LedgerReport = {
  readonly ok: boolean;
  readonly workflows: number;
  /** Workflows that have entries but were not listed. */
  readonly unlisted: number;
  readonly applied: number;
  readonly undone: number;
  readonly noops: number;
  /** Keys applied more than once, in the whole ledger. */
  readonly duplicated: number;
  readonly leftUndone: number;
  readonly outOfOrder: number;
  readonly undoneWithoutDo: number;
  readonly undoneAlthoughCompleted: number;
  readonly undonePastPivot: number;
  readonly offences: readonly Offence[];
};

/** Whether a step's effect needs an undo, and whether it is a pivot, by its operation. */
export const FACTS_OF_CATALOGUE: EffectFacts = {
  compensable: ({ service, operation }) =>
    (findOperation(service, operation)?.undoneBy.length ?? 0) > 0,
  pivot: ({ service, operation }) => findOperation(service, operation)?.pivot ?? false,
};

/** Checks the listed workflows; linear in their entries. */
export function reportOn(ledger: Ledger, outcomes: readonly Outcome[]): LedgerReport {
  const listed = new Set(outcomes.map(({ workflowId }) => workflowId));
  const others = [...ledger.workflowIds()].filter((id) => !listed.has(id));
  const found = outcomes.map((outcome) => {
    const entries = ledger.ofWorkflow(outcome.workflowId);
    return { entries, offences: checkWorkflow(entries, outcome, FACTS_OF_CATALOGUE) };
  });
  const offences = [
    ...found.flatMap((workflow) => workflow.offences),
    ...others.flatMap((id) => twiceApplied(ledger.ofWorkflow(id))),
  ];
  const entriesOf = (kind: LedgerEntry['kind']) =>
    found.reduce((sum, { entries }) => sum + entries.filter((e) => e.kind === kind).length, 0);
  const count = (kind: Offence['offence']) =>
    offences.filter((offence) => offence.offence === kind).length;
  return {
    ok: offences.length === 0,
    workflows: outcomes.length,
    unlisted: others.length,
    applied: entriesOf('do'),
    undone: entriesOf('undo'),
    noops: entriesOf('noop'),
    duplicated: count('applied-twice'),
    leftUndone: count('left-undone'),
    outOfOrder: count('undone-out-of-order'),
    undoneWithoutDo: count('undone-without-do'),
    undoneAlthoughCompleted: count('undone-although-completed'),
    undonePastPivot: count('undone-past-pivot'),
    offences,
  };
}
