import { inboundRecord } from '#application/inbound/inbound-record.ts';
import { readParked, type ToldEvent } from '#application/awaited/parked-event.ts';
import type { Clock } from '#application/ports/clock.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { EventWait, EventWaits, ParkedEvent } from '#application/ports/event-waits.ts';
import type { InboundLog, InboundRecord } from '#application/ports/inbound-log.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { Workflows } from '#application/workflows.ts';
import { eventStepsOf, listensTo } from '#domain/definition/event-steps.ts';
import { awaitingSteps, hasTaken, isAwaitingEvent } from '#domain/workflow/awaited-event.ts';
import type { EventName, StepState, WorkflowState } from '#domain/workflow/state.ts';
import { isTerminal } from '#domain/workflow/vocabulary.ts';

/** What became of an event for steps. */
export type Delivered =
  | {
      readonly kind: 'taken';
      readonly workflowIds: readonly string[];
      /** Those of them that took it for what they wait for now, not before it was begun anew. */
      readonly settledIds: readonly string[];
      /** The one that holds under the event's name. */
      readonly record: InboundRecord;
    }
  /** No step waits for it yet. */
  | { readonly kind: 'parked' };

/**
 * Brings events and the steps that wait for them together (SPEC 7, ADR 26).
 *
 * A step: its wait is registered (`expect`), then the commit says that it waits, then parked events are looked at (`seek`).
 * An event: it is parked, then the waits are looked at, then the steps are told (`deliver`).
 *
 * Invariants
 * 1. Of a step and its event at least one finds the other: each is written before it looks. An event that finds a step that does not
 *    wait yet, because its commit is still to come, stays parked for the look that follows that commit.
 * 2. Whoever dies between the two looks is made up for: the job that comes again looks, and so does the reconciler, a little
 *    after the last commit of the workflow and once more before it says that the time is over. All of Redis may be lost.
 * 3. That a step took an event is in its workflow's log first, then in the inbound log; then the event is parked no more and the
 *    wait forgotten. A crash in between leads to a repetition that finds that the step took this very event; one that was begun anew
 *    meanwhile goes on waiting for another.
 */
export type StepEvents = {
  /** @throws StoreUnavailableError */
  expect(wait: EventWait): Promise<void>;
  /** Looks whether events that steps of this workflow wait for are here already. @throws StoreUnavailableError */
  seek(state: WorkflowState): Promise<void>;
  /** The same, and then says of those whose time is over that it is. @throws StoreUnavailableError */
  lookAgain(state: WorkflowState): Promise<void>;
  /** @throws StoreUnavailableError */
  deliver(parked: ParkedEvent): Promise<Delivered>;
};

export function createStepEvents(parts: {
  readonly workflows: Pick<Workflows, 'handle'>;
  readonly store: EventWaits & InboundLog;
  readonly clock: Clock;
  readonly logger: Logger;
}): StepEvents {
  const { workflows, store, clock, logger } = parts;

  async function deliver(parked: ParkedEvent): Promise<Delivered> {
    const told = readParked(parked);
    const waits = await store.deliverEvent(parked);
    // all at once: their commits share one write
    const offers = await Promise.all(
      waits.map(async (wait) => ({ wait, answer: await offer(wait, told) })),
    );
    const waitsThat = (answer: Answer) =>
      offers.filter((one) => one.answer === answer).map(({ wait }) => wait);
    const settled = waitsThat('taken');
    const taken = [...settled, ...waitsThat('taken-before')];
    const never = waitsThat('never');
    if (taken.length === 0) {
      await forget(never);
      return { kind: 'parked' };
    }
    const outcome = 'taken by a step';
    const record = await store.recordInbound(inboundRecord(told.event, outcome, clock.now()));
    // one that is about to wait for it will look for it
    if (waitsThat('not-yet').length === 0) await store.dropParked(parked);
    await forget([...settled, ...never]);
    return { kind: 'taken', workflowIds: idsOf(taken), settledIds: idsOf(settled), record };
  }

  /** @throws StoreUnavailableError; a workflow that can't be handled must not keep the event from others */
  async function offer({ workflowId, stepId }: EventWait, told: ToldEvent): Promise<Answer> {
    const { name, event } = told;
    const { source, id: eventId, data } = event;
    const command = { type: 'receiveStepEvent', stepId, name, source, eventId, data } as const;
    try {
      const result = await workflows.handle(workflowId, command);
      return result.kind === 'done' ? answerOf(result.state, stepId, command) : 'never';
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      logger.error('a workflow can not be told of an event', { workflowId, stepId, name, error });
      return 'not-yet';
    }
  }

  async function forget(waits: readonly EventWait[]): Promise<void> {
    await Promise.all(waits.map((wait) => store.forgetWait(wait)));
  }

  async function seek(state: WorkflowState): Promise<void> {
    for (const { wait, listens } of awaitsOf(state)) {
      const parked = await store.expectEvent(wait);
      const meant = parked.filter((event) => listens(readParked(event).name));
      for (const event of meant) {
        const delivered = await deliver(event);
        if (delivered.kind === 'taken' && delivered.settledIds.includes(wait.workflowId)) break;
      }
    }
  }

  return {
    async expect(wait) {
      await store.expectEvent(wait);
    },
    seek,
    async lookAgain(state) {
      await seek(state);
      const { workflowId } = state;
      for (const { stepId, event } of awaitingSteps(state)) {
        if (event.until > clock.now()) continue;
        await workflows.handle(workflowId, { type: 'giveUpEvent', stepId });
      }
    },
    deliver,
  };
}

function idsOf(waits: readonly EventWait[]): readonly string[] {
  return waits.map(({ workflowId }) => workflowId);
}

/**
 * What a step says to an event: it took it; it did so before it was begun anew, and waits for another; it may come to wait for it; it
 * waits for another; it never will.
 */
type Answer = 'taken' | 'taken-before' | 'not-yet' | 'other' | 'never';

function answerOf(state: WorkflowState, stepId: string, event: EventName): Answer {
  const step = state.steps.get(stepId);
  if (hasTaken(step, event)) return isSettled(step) ? 'taken' : 'taken-before';
  if (step === undefined || isTerminal(state.status) || state.compensationReason !== null) {
    return 'never';
  }
  if (isAwaitingEvent(step)) return 'other';
  return step.status === 'COMPLETED' || step.status === 'SKIPPED' ? 'never' : 'not-yet';
}

/** Whether the step's event has come, and it was not begun anew since. */
function isSettled(step: StepState | undefined): boolean {
  return step?.event?.state === 'received';
}

/** The waits of a workflow, and which events each listens to. */
function awaitsOf(state: WorkflowState) {
  const { workflowId, definition } = state;
  return awaitingSteps(state).flatMap(({ stepId, event: { key } }) => {
    const step = eventStepsOf(definition).find((one) => one.stepId === stepId);
    if (step === undefined) return [];
    const wait: EventWait = { service: step.serviceName, key, workflowId, stepId };
    return [{ wait, listens: (name: string) => listensTo(step, name) }];
  });
}
