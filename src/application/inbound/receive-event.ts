import { parkedEvent } from '#application/awaited/parked-event.ts';
import type { StepEvents } from '#application/awaited/step-events.ts';
import { endForEvent } from '#application/inbound/end-for-event.ts';
import { fingerprintOf, type IncomingEvent } from '#application/inbound/incoming-event.ts';
import { inboundRecord } from '#application/inbound/inbound-record.ts';
import { planEvent, type Refusal } from '#application/inbound/plan-event.ts';
import { startFromEvent, type Effect } from '#application/inbound/start-from-event.ts';
import type { EndAction, StartAction, Trigger, Triggers } from '#application/inbound/trigger.ts';
import type { Orchestration } from '#application/orchestration.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { InboundLog } from '#application/ports/inbound-log.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';

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
  readonly stepEvents: Pick<StepEvents, 'deliver'>;
  readonly store: InboundLog & Pick<WorkflowStore, 'list'>;
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
 * An event for a step is parked, where it is there once, and is written down only when a step takes it (`StepEvents`).
 * A crash between 2 and 3 leads to a repetition of 2 that changes nothing. A refusal leaves no trace: put right, or sent again out
 * of the dead letters, the event begins anew.
 * @throws StoreUnavailableError, and Error when it should be tried again
 */
export function receiveEvent(parts: ReceiveParts): ReceiveEvent {
  const act = actor(parts);
  const deliver = deliverer(parts);

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
    if (plan.trigger.action === 'step') {
      return await deliver(event, fingerprint, plan.trigger, plan.key);
    }
    const effect = await act(event, plan.trigger, plan.key);
    if (effect.kind !== 'done') return effect;
    const record = await store.recordInbound(inboundRecord(event, effect.outcome, clock.now()));
    return record.fingerprint === fingerprint ? effect : reused(event);
  };
}

function actor({ orchestration, store }: ReceiveParts) {
  const start = startFromEvent(orchestration);
  const end = endForEvent(orchestration, store);

  return (
    event: IncomingEvent,
    trigger: Trigger & (StartAction | EndAction),
    key: string,
  ): Promise<Effect> =>
    trigger.action === 'start' ? start(event, trigger, key) : end(event, trigger, key);
}

/** Brings an event to the steps that wait for it, or keeps it for the one that will. */
function deliverer({ stepEvents, clock }: ReceiveParts) {
  return async (
    event: IncomingEvent,
    fingerprint: string,
    { service, event: name, parkMs }: Trigger & { readonly action: 'step' },
    key: string,
  ): Promise<Reception> => {
    const parkedAt = clock.now();
    const expiresAt = parkedAt + parkMs;
    const place = { service, key, name, parkedAt, expiresAt };
    const delivered = await stepEvents.deliver(parkedEvent(event, place));
    if (delivered.kind === 'parked') return delivered;
    const { record, workflowIds } = delivered;
    if (record.fingerprint !== fingerprint) return reused(event);
    return { kind: 'done', outcome: record.outcome, workflowIds };
  };
}

function reused({ source, id }: IncomingEvent): Refusal {
  const detail = `another event of ${source} with the id ${id} and other content has taken effect`;
  return { kind: 'refuse', reason: 'id-reused', detail };
}
