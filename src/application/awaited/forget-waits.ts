import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { EventWaits } from '#application/ports/event-waits.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { Workflows } from '#application/workflows.ts';
import { eventStepsOf } from '#domain/definition/event-steps.ts';
import { isAwaitingEvent } from '#domain/workflow/awaited-event.ts';
import { stepOf, type WorkflowState } from '#domain/workflow/state.ts';

/**
 * Takes waits out of the index whose step waits no more: its time was over, or its workflow was cancelled, failed or is undone. One
 * that its event has settled is forgotten by who brought the event, once that is written down. A wait that is left behind, by a
 * crash or because the store was away, does no harm: the next event for it finds that nobody waits.
 */
export function forgettingWaits(parts: {
  readonly workflows: Workflows;
  readonly store: Pick<EventWaits, 'forgetWait'>;
  readonly logger: Logger;
}): Workflows {
  const { workflows, store, logger } = parts;

  /** @param settledStepId of the step whose event was just brought */
  async function forgetEnded(
    before: WorkflowState,
    after: WorkflowState,
    settledStepId: string | null,
  ): Promise<void> {
    const { workflowId } = after;
    for (const { stepId, serviceName: service } of eventStepsOf(after.definition)) {
      if (stepId === settledStepId) continue;
      const earlier = stepOf(before, stepId);
      if (!isAwaitingEvent(earlier) || isAwaitingEvent(stepOf(after, stepId))) continue;
      await store.forgetWait({ service, key: earlier.event.key, workflowId, stepId });
    }
  }

  return {
    ...workflows,
    async handle(workflowId, command) {
      const result = await workflows.handle(workflowId, command);
      if (result.kind !== 'done' || result.events.length === 0) return result;
      const { before, state } = result;
      try {
        const settled = command.type === 'receiveStepEvent' ? command.stepId : null;
        if (before !== null) await forgetEnded(before, state, settled);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        logger.debug('a wait for an event stays in the index', { workflowId, error });
      }
      return result;
    },
  };
}
