import type { Outcome } from '#simulator/ledger/outcome.ts';
import type { LedgerEntry, TimedEntry } from '#simulator/ledger/ledger.ts';

/** The ways in which effects and outcome can disagree. */
export const OFFENCES = [
  /** one idempotency key, more than one effect */
  'applied-twice',
  /** COMPENSATED, but an effect that has an undo is still there */
  'left-undone',
  /** an undo with no effect before it */
  'undone-without-do',
  /** of two effects, the earlier was undone first */
  'undone-out-of-order',
  /** COMPLETED, but something was undone, or tried to be */
  'undone-although-completed',
  /** undone although a pivot was passed after it */
  'undone-past-pivot',
] as const;

export type Offence = {
  readonly offence: (typeof OFFENCES)[number];
  readonly workflowId: string;
  readonly stepId: string;
  readonly detail: string;
};

/** What the check must know of an operation. */
export type EffectFacts = {
  readonly compensable: (entry: LedgerEntry) => boolean;
  readonly pivot: (entry: LedgerEntry) => boolean;
};

/**
 * Checks one workflow's effects against its outcome (SPEC 2): a COMPENSATED one has every effect that has an undo
 * undone once, in reverse order, save what a pivot has put beyond recall; a COMPLETED one has nothing undone.
 * Other outcomes make no promise but that no key took effect twice.
 * @param entries of that workflow, in order of application
 */
export function checkWorkflow(
  entries: readonly TimedEntry[],
  outcome: Outcome,
  facts: EffectFacts,
): readonly Offence[] {
  const doubled = twiceApplied(entries);
  if (outcome.status === 'COMPLETED') return [...doubled, ...undoneAlthoughCompleted(entries)];
  if (outcome.status !== 'COMPENSATED') return doubled;
  return [
    ...doubled,
    ...leftUndone(entries, outcome, facts),
    ...wronglyUndone(entries, facts),
    ...outOfOrder(entries, outcome),
  ];
}

/** Keys with more than one effect; over any entries, of one workflow or all. */
export function twiceApplied(entries: Iterable<LedgerEntry>): readonly Offence[] {
  const first = new Map<string, LedgerEntry>();
  const offences: Offence[] = [];
  for (const entry of entries) {
    const before = first.get(entry.key);
    if (before === undefined) first.set(entry.key, entry);
    else offences.push(offence('applied-twice', entry, `${entry.key}, first at ${before.seq}`));
  }
  return offences;
}

function undoneAlthoughCompleted(entries: readonly TimedEntry[]): readonly Offence[] {
  return entries
    .filter(({ kind }) => kind !== 'do')
    .map((undo) => offence('undone-although-completed', undo, undo.kind));
}

function leftUndone(
  entries: readonly TimedEntry[],
  outcome: Outcome,
  facts: EffectFacts,
): readonly Offence[] {
  const undone = new Set(ofKind(entries, 'undo').map(({ stepId }) => stepId));
  const pivotAt = lastPivot(entries, facts);
  const listed = outcome.compensable && new Set(outcome.compensable);
  return ofKind(entries, 'do')
    .filter((done) => done.seq > pivotAt)
    .filter((done) => listed?.has(done.stepId) ?? facts.compensable(done))
    .filter((done) => !undone.has(done.stepId))
    .map((done) => offence('left-undone', done, done.operation));
}

function wronglyUndone(entries: readonly TimedEntry[], facts: EffectFacts): readonly Offence[] {
  const doneAt = new Map(ofKind(entries, 'do').map(({ stepId, seq }) => [stepId, seq]));
  const pivotAt = lastPivot(entries, facts);
  return ofKind(entries, 'undo').flatMap((undo) => {
    const done = doneAt.get(undo.stepId);
    if (done === undefined || done > undo.seq) return [offence('undone-without-do', undo, '')];
    const beyondRecall = done < pivotAt && pivotAt < undo.seq;
    return beyondRecall ? [offence('undone-past-pivot', undo, `pivot at ${pivotAt}`)] : [];
  });
}

function outOfOrder(entries: readonly TimedEntry[], outcome: Outcome): readonly Offence[] {
  const undoneAt = new Map(ofKind(entries, 'undo').map(({ stepId, seq }) => [stepId, seq]));
  const undone = ofKind(entries, 'do').filter(({ stepId }) => undoneAt.has(stepId));
  const precedes = precedence(outcome);
  return undone.flatMap((later) => {
    const undoOfLater = undoneAt.get(later.stepId) ?? 0;
    return undone
      .filter((earlier) => precedes(earlier, later))
      .filter(({ stepId }) => (undoneAt.get(stepId) ?? 0) < undoOfLater)
      .map(({ stepId }) => offence('undone-out-of-order', later, `${stepId} was undone before it`));
  });
}

/**
 * Did one effect surely complete before the other? By the engine's own order where it is given. Otherwise only where the
 * one was answered for the last time before the other was first asked for: of calls that overlapped, or whose answer
 * was lost and asked for again, a service can't know in which order the engine learned of them.
 */
function precedence(outcome: Outcome): (earlier: TimedEntry, later: TimedEntry) => boolean {
  const order = outcome.completionOrder;
  if (order === undefined) {
    return (earlier, later) =>
      earlier.answeredTick !== null && earlier.answeredTick < later.askedTick;
  }
  const rank = new Map(order.map((stepId, index) => [stepId, index]));
  return (earlier, later) =>
    (rank.get(earlier.stepId) ?? Infinity) < (rank.get(later.stepId) ?? -Infinity);
}

/** The seq of the last pivot passed; 0: none was. */
function lastPivot(entries: readonly TimedEntry[], facts: EffectFacts): number {
  return ofKind(entries, 'do').filter(facts.pivot).at(-1)?.seq ?? 0;
}

function ofKind(entries: readonly TimedEntry[], kind: LedgerEntry['kind']): readonly TimedEntry[] {
  return entries.filter((entry) => entry.kind === kind);
}

function offence(
  kind: Offence['offence'],
  { workflowId, stepId, seq }: LedgerEntry,
  detail: string,
): Offence {
  return { offence: kind, workflowId, stepId, detail: `entry ${seq}: ${detail}` };
}
