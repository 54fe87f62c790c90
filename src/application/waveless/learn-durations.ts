import type { Clock } from '#application/ports/clock.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import {
  expectedDuration,
  UNKNOWN_DURATION,
  type ExpectedDuration,
} from '#domain/policy/expected-duration.ts';
import type { WorkflowType } from '#domain/workflow/vocabulary.ts';

/** How long workflows of a type take. */
export type ExpectedDurations = (type: WorkflowType) => ExpectedDuration;

const LEARN_EVERY_MS = 30_000;
const SAMPLES = 500;

/** Learns how long workflows take from those that were completed lately; what was learnt stays until there is better. */
export function learnDurations(parts: {
  readonly store: Pick<WorkflowStore, 'list'>;
  readonly clock: Clock;
}): () => Promise<ExpectedDurations> {
  const learnt = new Map<WorkflowType, ExpectedDuration>();
  let learntAt = -Infinity;

  return async () => {
    const now = parts.clock.now();
    if (Math.abs(now - learntAt) >= LEARN_EVERY_MS) {
      const heads = await parts.store.list({ status: ['COMPLETED'] }, null, SAMPLES);
      for (const [type, ofType] of Map.groupBy(heads, ({ workflowType }) => workflowType)) {
        const took = ofType.flatMap(({ startedAt, completedAt }) =>
          startedAt === null || completedAt === null ? [] : [completedAt - startedAt],
        );
        const expected = expectedDuration(took);
        if (expected !== null) learnt.set(type, expected);
      }
      learntAt = now;
    }
    return (type) => learnt.get(type) ?? UNKNOWN_DURATION;
  };
}
