import type { EffectKey } from '#simulator/idempotency-key.ts';
import { keyText } from '#simulator/idempotency-key.ts';

/*
 * The effects of all services, in the order in which they happened, and the memory by which each happens once.
 *
 * Invariants
 * L1  At most one effect per idempotency key, whatever comes in parallel: `apply` looks and writes in one turn of the
 *     event loop, with nothing awaited between.
 * L2  An effect's answer is kept and given again, byte for byte.
 * L3  After the undo of a step, no `do` of that step takes effect any more. A `do` can be overtaken: its request is
 *     delayed on the way, the caller gives up and undoes, and the request arrives after all. If it then took effect,
 *     nobody would ever undo it. So an undo that finds nothing to undo still succeeds, but leaves a tombstone (kind
 *     `noop`), and the late `do` is refused. The literature on Try-Confirm/Cancel calls the two halves the empty
 *     rollback and (anti-)suspension. An undo whose `do` was applied needs no tombstone: by L2 the late `do` only
 *     gets its old answer again.
 *
 * All in memory and indexed by key and by workflow: no call costs more when the ledger is long. A crash loses it.
 */

export type LedgerEntry = {
  /** Place in the ledger, from 1. */
  readonly seq: number;
  /** epoch ms */
  readonly at: number;
  readonly workflowId: string;
  readonly stepId: string;
  /** noop: an undo that found nothing to undo */
  readonly kind: 'do' | 'undo' | 'noop';
  readonly service: string;
  readonly operation: string;
  readonly key: string;
};

/** An entry and its place among the requests of all services; ticks count requests and answers. */
export type TimedEntry = LedgerEntry & {
  /** When the first request of its key arrived. */
  readonly askedTick: number;
  /** When its answer was last sent whole; null: never yet. */
  readonly answeredTick: number | null;
};

export type Application =
  { readonly kind: 'applied' | 'replayed'; readonly reply: string } | { readonly kind: 'refused' };

export type Ledger = {
  /** Takes note of a request; returns which one of its key it is, from 1. */
  readonly admit: (key: string) => number;
  /** What `apply` would find: a fresh key, a remembered answer, or a tombstone. */
  readonly look: (key: EffectKey) => 'fresh' | 'remembered' | 'refused';
  /** Applies the effect unless L1 or L3 forbid it; `reply` makes its answer, told whether there was anything to undo. */
  readonly apply: (
    key: EffectKey,
    by: { readonly service: string; readonly operation: string },
    reply: (kind: LedgerEntry['kind']) => string,
  ) => Application;
  /** Takes note that the effect's answer went out whole. */
  readonly answered: (key: string) => void;
  /** The operation whose effect an undo of this step would undo; null: none was applied. */
  readonly operationDone: (workflowId: string, stepId: string) => string | null;
  readonly entries: (after: number, limit: number) => readonly LedgerEntry[];
  readonly ofWorkflow: (workflowId: string) => readonly TimedEntry[];
  readonly workflowIds: () => Iterable<string>;
  readonly length: () => number;
};

type Slot = {
  attempts: number;
  askedTick: number;
  answeredTick: number | null;
  effect: { readonly entry: LedgerEntry; readonly reply: string } | null;
};

export function createLedger(): Ledger {
  const slots = new Map<string, Slot>();
  const log: LedgerEntry[] = [];
  const byWorkflow = new Map<string, LedgerEntry[]>();
  let tick = 0;

  function slotOf(key: string): Slot {
    const known = slots.get(key);
    if (known) return known;
    const slot: Slot = { attempts: 0, askedTick: tick, answeredTick: null, effect: null };
    slots.set(key, slot);
    return slot;
  }

  function effectOf(workflowId: string, stepId: string, kind: 'do' | 'undo'): Slot['effect'] {
    return slots.get(keyText(workflowId, stepId, kind))?.effect ?? null;
  }

  function look(key: EffectKey): 'fresh' | 'remembered' | 'refused' {
    if (slots.get(key.text)?.effect) return 'remembered';
    const undone = key.kind === 'do' && effectOf(key.workflowId, key.stepId, 'undo') !== null;
    return undone ? 'refused' : 'fresh';
  }

  function record(entry: LedgerEntry): void {
    log.push(entry);
    const own = byWorkflow.get(entry.workflowId);
    if (own) own.push(entry);
    else byWorkflow.set(entry.workflowId, [entry]);
  }

  return {
    look,
    admit: (key) => {
      tick += 1;
      const slot = slotOf(key);
      slot.attempts += 1;
      return slot.attempts;
    },
    apply: (key, by, reply) => {
      const slot = slotOf(key.text);
      if (slot.effect) return { kind: 'replayed', reply: slot.effect.reply };
      if (look(key) === 'refused') return { kind: 'refused' };
      const { workflowId, stepId } = key;
      const empty = key.kind === 'undo' && effectOf(workflowId, stepId, 'do') === null;
      const kind = empty ? 'noop' : key.kind;
      const place = { seq: log.length + 1, at: Date.now() };
      const entry = { ...place, workflowId, stepId, kind, ...by, key: key.text } as const;
      slot.effect = { entry, reply: reply(kind) };
      record(entry);
      return { kind: 'applied', reply: slot.effect.reply };
    },
    answered: (key) => {
      tick += 1;
      slotOf(key).answeredTick = tick;
    },
    operationDone: (workflowId, stepId) =>
      effectOf(workflowId, stepId, 'do')?.entry.operation ?? null,
    entries: (after, limit) => log.slice(after, after + limit),
    ofWorkflow: (workflowId) =>
      (byWorkflow.get(workflowId) ?? []).map((entry) => {
        const { askedTick, answeredTick } = slotOf(entry.key);
        return { ...entry, askedTick, answeredTick };
      }),
    workflowIds: () => byWorkflow.keys(),
    length: () => log.length,
  };
}
