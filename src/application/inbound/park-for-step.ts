import type { IncomingEvent } from '#application/inbound/incoming-event.ts';
import type { Refusal } from '#application/inbound/plan-event.ts';
import type { Trigger } from '#application/inbound/trigger.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { EventWaits } from '#application/ports/event-waits.ts';

/**
 * Keeps an event for the step that will wait for it. No definition of this release can have such a step (they are refused when
 * saved), so none can be waiting yet: should the index say otherwise, the event is not lost but said to be unmatched.
 */
export function parkForStep(waits: EventWaits, clock: Clock) {
  return async (
    event: IncomingEvent,
    { service, event: name, parkMs }: Trigger & { readonly action: 'step' },
    key: string,
  ): Promise<Refusal | { readonly kind: 'parked' }> => {
    const { source, id: eventId } = event;
    const parkedAt = clock.now();
    const expiresAt = parkedAt + parkMs;
    // Under the name that definitions have for it: what completes a wait may look nowhere else.
    const told = { ...event, name };
    const parked = { service, key, source, eventId, event: told, parkedAt, expiresAt };
    const waiting = await waits.deliverEvent(parked);
    const [first] = waiting;
    if (first === undefined) return { kind: 'parked' };
    await waits.dropParked({ source, eventId });
    const detail = `step ${first.stepId} of workflow ${first.workflowId} waits for it, which this release can't complete`;
    return { kind: 'refuse', reason: 'unmatched', detail };
  };
}
