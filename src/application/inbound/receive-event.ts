import { endForEvent } from '#application/inbound/end-for-event.ts';
import { fingerprintOf, type IncomingEvent } from '#application/inbound/incoming-event.ts';
import { planEvent, type Plan, type Refusal } from '#application/inbound/plan-event.ts';
import { parkForStep } from '#application/inbound/park-for-step.ts';
import { startFromEvent, type Effect } from '#application/inbound/start-from-event.ts';
import type { Triggers } from '#application/inbound/trigger.ts';
import type { Orchestration } from '#application/orchestration.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { EventWaits } from '#application/ports/event-waits.ts';
import type { InboundLog } from '#application/ports/inbound-log.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';

/** How long an event's name is remembered: twice as long as Kafka keeps messages by default. */
export const REMEMBER_MS = 14 * 24 * 60 * 60 * 1000;

export type Reception =
  | Effect
  /** It waits for the step that will wait for it. */
  | { readonly kind: 'parked' }
  /** A trigger says that it is none of our business. */
  | { readonly kind: 'ignored' }
  /** It has taken effect before. */
  | { readonly kind: 'duplicate'; readonly outcome: string };

export type ReceiveEvent = (event: IncomingEvent) => Promise<Reception>;

export type ReceiveParts = {
  readonly triggers: Triggers;
  readonly orchestration: Pick<
    Orchestration,
    'startWorkflow' | 'cancelWorkflow' | 'compensateWorkflow'
  >;
  readonly store: InboundLog & EventWaits & Pick<WorkflowStore, 'list'>;
  readonly clock: Clock;
};

/**
 * The one entry for events of other systems, whichever way they come. An event takes effect once under its source and id:
 *
 * 1. It is looked up in the inbound log; what is there has taken effect.
 * 2. Its effect is made, durably, by something that may be said twice: a start under a key of the event's own, the end of
 *    workflows that may have ended.
 * 3. It is written into the inbound log.
 *
 * An event for a step is parked, where it is there once, and is written down only when a step takes it.
 * A crash between 2 and 3 leads to a repetition of 2 that changes nothing. A refusal leaves no trace: put right, or sent again out
 * of the dead letters, the event begins anew.
 * @throws StoreUnavailableError, and Error when it should be tried again
 */
export function receiveEvent(parts: ReceiveParts): ReceiveEvent {
  const act = actor(parts);

  return async (event) => {
    const plan = planEvent(parts.triggers, event);
    if (plan.kind === 'refuse') return plan;
    if (plan.kind === 'ignore') return { kind: 'ignored' };
    const { store, clock } = parts;
    const fingerprint = fingerprintOf(event);
    const earlier = await store.findInbound(event.source, event.id, clock.now());
    if (earlier !== null) {
      return earlier.fingerprint === fingerprint
        ? { kind: 'duplicate', outcome: earlier.outcome }
        : reused(event);
    }
    const effect = await act(plan);
    if (effect.kind !== 'done') return effect;
    const now = clock.now();
    const record = await store.recordInbound({
      source: event.source,
      eventId: event.id,
      fingerprint,
      outcome: effect.outcome,
      recordedAt: now,
      expiresAt: now + REMEMBER_MS,
    });
    return record.fingerprint === fingerprint ? effect : reused(event);
  };
}

function actor({ orchestration, store, clock }: ReceiveParts) {
  const start = startFromEvent(orchestration);
  const end = endForEvent(orchestration, store);
  const park = parkForStep(store, clock);

  return ({
    event,
    trigger,
    key,
  }: Plan & { kind: 'act' }): Promise<Effect | { readonly kind: 'parked' }> => {
    switch (trigger.action) {
      case 'start':
        return start(event, trigger, key);
      case 'step':
        return park(event, trigger, key);
      case 'cancel':
      case 'compensate':
      case 'cancel-or-compensate':
        return end(event, trigger, key);
    }
  };
}

function reused({ source, id }: IncomingEvent): Refusal {
  const detail = `another event of ${source} with the id ${id} and other content has taken effect`;
  return { kind: 'refuse', reason: 'id-reused', detail };
}
