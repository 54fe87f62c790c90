import { isUndoable } from '#domain/workflow/compensation.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';
import type { Stored } from './evidence.ts';

/**
 * The order in which steps came to have, or perhaps have, an effect, by the words of the log alone: the order that an undo has
 * to reverse. A step whose outcome is unknown counts from when it was given up; one whose call was answered and whose event never
 * completed it, from that answer.
 */
export function completionOrder(log: readonly RecordedEvent[]): readonly string[] {
  const settled = new Map<string, number>();
  /** Between two attempts, the earlier of which may have had its effect. */
  const inDoubt = new Set<string>();
  const answered = new Set<string>();
  for (const { event, version } of log) {
    switch (event.type) {
      case 'StepEventAwaited':
        settled.set(event.stepId, version);
        answered.add(event.stepId);
        inDoubt.delete(event.stepId);
        break;
      case 'StepAbandoned':
        if (answered.delete(event.stepId)) break;
        settled.set(event.stepId, version);
        inDoubt.delete(event.stepId);
        break;
      case 'WorkflowStepExecuted':
        settled.set(event.stepId, version);
        answered.delete(event.stepId);
        inDoubt.delete(event.stepId);
        break;
      case 'WorkflowStepFailed':
        if (answered.delete(event.stepId)) break;
        if (event.outcome !== 'unknown') break;
        if (event.nextRetryAt === null) settled.set(event.stepId, version);
        else inDoubt.add(event.stepId);
        break;
      case 'StepOutcomeResolved':
        if (event.output === null) settled.delete(event.stepId);
        break;
      case 'WorkflowFailed':
      case 'WorkflowCompensationStarted':
        for (const stepId of inDoubt) settled.set(stepId, version);
        inDoubt.clear();
        break;
      default:
    }
  }
  return [...settled].sort(([, a], [, b]) => a - b).map(([stepId]) => stepId);
}

/** The steps that its undo has to undo, first to last. */
export function toUndo({ log, states }: Stored): readonly string[] {
  const undoable = undoableSteps({ states });
  return completionOrder(log)
    .filter((stepId) => undoable.includes(stepId))
    .toReversed();
}

/** The steps that the log says were undone, first to last. */
export function undone(log: readonly RecordedEvent[]): readonly string[] {
  return log.flatMap(({ event }) => (event.type === 'StepCompensated' ? event.stepId : []));
}

/** The steps of its definition that have an undo. */
export function undoableSteps({ states }: Pick<Stored, 'states'>): readonly string[] {
  const steps = states[0]?.definition.steps ?? [];
  return steps.filter(isUndoable).map(({ stepId }) => stepId);
}
