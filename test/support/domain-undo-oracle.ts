import { isPivot, isUndoable } from '#domain/workflow/compensation.ts';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';
import { STALE_STATE_MS } from '#domain/workflow/timing.ts';

/** What SPEC 2 says must be undone, read off a log by other means than the engine's: one pass, no state of the workflow. */
export type UndoExpectation = {
  /** Steps done, or perhaps done, after the last pivot passed: step id -> log version of that. */
  readonly toUndo: ReadonlyMap<string, number>;
  readonly pivotPassed: boolean;
};

export function expectedUndo(
  definition: WorkflowDefinition,
  log: readonly RecordedEvent[],
): UndoExpectation {
  const settledAt = new Map<string, number>();
  const unknown = new Set<string>();
  /** Steps between two attempts -> when the next is due. */
  const retryAt = new Map<string, number>();
  /** Steps whose call was answered and that wait for their event: their effect is there since. */
  const awaiting = new Set<string>();
  for (const { event, version, occurredAt } of log) {
    switch (event.type) {
      case 'StepEventAwaited':
        awaiting.add(event.stepId);
        settledAt.set(event.stepId, version);
        unknown.delete(event.stepId);
        retryAt.delete(event.stepId);
        break;
      case 'WorkflowStepExecuted':
        awaiting.delete(event.stepId);
        settledAt.set(event.stepId, version);
        retryAt.delete(event.stepId);
        break;
      case 'WorkflowStepFailed':
        if (awaiting.delete(event.stepId)) {
          if (event.outcome === 'unknown') unknown.add(event.stepId);
          else settledAt.delete(event.stepId);
          break;
        }
        if (event.outcome === 'unknown') unknown.add(event.stepId);
        if (event.nextRetryAt === null) {
          retryAt.delete(event.stepId);
          if (unknown.has(event.stepId)) settledAt.set(event.stepId, version);
        } else retryAt.set(event.stepId, event.nextRetryAt);
        break;
      case 'StepStalled':
        unknown.add(event.stepId);
        break;
      case 'StepAbandoned':
        retryAt.delete(event.stepId);
        unknown.add(event.stepId);
        if (!awaiting.delete(event.stepId)) settledAt.set(event.stepId, version);
        break;
      case 'StepOutcomeResolved':
        if (event.output === null) settledAt.delete(event.stepId);
        break;
      case 'ClockPutBack':
        // what was due by the later clock is due now, and may have been begun by it
        for (const [stepId, at] of retryAt) {
          if (at > occurredAt) retryAt.set(stepId, occurredAt);
        }
        break;
      case 'WorkflowFailed':
      case 'WorkflowCompensationStarted':
        for (const stepId of awaiting) unknown.add(stepId);
        awaiting.clear();
        // attempts that are due later are called off: what is known of the ones before counts
        for (const [stepId, at] of retryAt) {
          if (at <= occurredAt + STALE_STATE_MS) continue;
          retryAt.delete(stepId);
          if (unknown.has(stepId)) settledAt.set(stepId, version);
        }
        break;
      default:
      // the others say nothing of what a step has done
    }
  }
  const idsOf = (has: typeof isPivot) =>
    new Set(definition.steps.filter((step) => has(step)).map((step) => step.stepId));
  const pivots = idsOf(isPivot);
  const undoable = idsOf(isUndoable);
  const barrier = Math.max(0, ...[...settledAt].map(([id, at]) => (pivots.has(id) ? at : 0)));
  const toUndo = [...settledAt].filter(([id, at]) => undoable.has(id) && at > barrier);
  return { toUndo: new Map(toUndo), pivotPassed: barrier > 0 };
}
