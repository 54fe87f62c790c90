/** A fake of the services' memory. As every service must, they know an effect by its Idempotency-Key. */
export type EffectLedger = {
  /** Has the effect, unless it was had before. @returns refused: its undo has been seen, so it never will be */
  apply(key: string): 'applied' | 'again' | 'refused';
  /** What was done is undone, once; of what was not done yet it is noted that it never may be. */
  undo(key: string): 'undone' | 'nothing' | 'again';
  isApplied(key: string): boolean;
  /** Was an undo seen, whether there was anything to undo or not? */
  isUndone(key: string): boolean;
  /** Effects in the order in which they were had; never one twice. */
  readonly entries: readonly { readonly key: string; readonly kind: 'do' | 'undo' }[];
};

/** Keys of undos are told by the key of their do. */
export function createEffectLedger(): EffectLedger {
  const entries: { readonly key: string; readonly kind: 'do' | 'undo' }[] = [];
  const applied = new Set<string>();
  const undone = new Set<string>();
  return {
    entries,
    apply(key) {
      if (applied.has(key)) return 'again';
      if (undone.has(key)) return 'refused';
      applied.add(key);
      entries.push({ key, kind: 'do' });
      return 'applied';
    },
    undo(key) {
      if (undone.has(key)) return 'again';
      undone.add(key);
      if (!applied.has(key)) return 'nothing';
      entries.push({ key, kind: 'undo' });
      return 'undone';
    },
    isApplied: (key) => applied.has(key),
    isUndone: (key) => undone.has(key),
  };
}
