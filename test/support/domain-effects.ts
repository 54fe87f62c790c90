/**
 * What the services really did, behind whatever the workflow was told. As every service must, they know a call by its
 * Idempotency-Key: a step's effect is had once, and once undone no repetition brings it back.
 */
export type Effects = {
  /** Has the effect of the step, unless it was had before. */
  apply(stepId: string): void;
  undo(stepId: string): void;
  /** Was the call ever carried out (so that its repetition gives the same answer)? */
  wasApplied(stepId: string): boolean;
  /** Is the effect there now? */
  isThere(stepId: string): boolean;
};

export function createEffects(): Effects {
  const applied = new Set<string>();
  const there = new Set<string>();
  return {
    apply(stepId) {
      if (applied.has(stepId)) return;
      applied.add(stepId);
      there.add(stepId);
    },
    undo: (stepId) => void there.delete(stepId),
    wasApplied: (stepId) => applied.has(stepId),
    isThere: (stepId) => there.has(stepId),
  };
}
