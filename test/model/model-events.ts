import type { IncomingEvent } from '#application/inbound/incoming-event.ts';
import type { Reception } from '#application/inbound/receive-event.ts';
import type { Triggers } from '#application/inbound/trigger.ts';
import { eventStepsOf, listensTo } from '#domain/definition/event-steps.ts';
import { awaitingSteps } from '#domain/workflow/awaited-event.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import { EVENT_NAMES, SERVICES } from '#test/model/model-definitions.ts';
import { SHARED_KEY } from '#test/model/model-services.ts';

/** Longer than the model lives. */
const PARK_MS = 30 * 24 * 3_600_000;

export const MODEL_TRIGGERS: Triggers = {
  bare: new Map(),
  list: SERVICES.flatMap((service) =>
    EVENT_NAMES.map((event) => ({
      name: `${service}-${event}`,
      topic: `${service}.${event}`,
      type: null,
      action: 'step' as const,
      service,
      event,
      key: [['/key']],
      parkMs: PARK_MS,
    })),
  ),
};

/** An event that a service has sent. */
export type SentEvent = {
  readonly service: string;
  readonly key: string;
  readonly name: string;
  readonly event: IncomingEvent;
  /** null: nobody has said yet that it was received, so it comes again. */
  reception: Reception | null;
  /** The version of the workflow that its key is about, when it was first said to be received; null: it was not. */
  receivedAt: number | null;
};

/** An event about a step of a workflow that an event completes, whether or not it was called yet; null: it has none. */
export function eventFor(
  state: WorkflowState,
  { pick, name, twin }: { readonly pick: number; readonly name: number; readonly twin: number },
): SentEvent | null {
  const awaiting = awaitingSteps(state).map(({ stepId }) => stepId);
  const steps = eventStepsOf(state.definition);
  const likely = steps.filter(({ stepId }) => awaiting.includes(stepId));
  const among = likely.length > 0 ? likely : steps;
  const step = among[pick % Math.max(1, among.length)];
  if (step === undefined) return null;
  const own = `id of ${state.workflowId}:${step.stepId}:do`;
  const isShared = JSON.stringify(step.completion.correlationKey).includes('shared');
  const named =
    name < 4 ? step.completion.event : (EVENT_NAMES[name % EVENT_NAMES.length] ?? 'Other');
  return sentEvent(step.serviceName, isShared ? SHARED_KEY : own, named, twin);
}

/** @param twin tells events apart that say the same */
export function sentEvent(service: string, key: string, name: string, twin: number): SentEvent {
  const event: IncomingEvent = {
    source: `/${service}`,
    id: `${name} ${twin} of ${key}`,
    type: `${service}.${name}`,
    subject: null,
    time: null,
    data: { key },
    origin: null,
  };
  return { service, key, name, event, reception: null, receivedAt: null };
}

/** The workflow that the key of an event is about; null: several share it. */
export function ownerOf(
  { key }: SentEvent,
  states: readonly WorkflowState[],
): WorkflowState | null {
  return states.find(({ workflowId }) => key.startsWith(`id of ${workflowId}:`)) ?? null;
}

/** Was the event received, may the step take it, and has it not done so? @param log of its workflow */
export function isOwed(
  sent: SentEvent,
  state: WorkflowState,
  stepId: string,
  log: readonly RecordedEvent[],
): boolean {
  const step = eventStepsOf(state.definition).find((one) => one.stepId === stepId);
  if (step === undefined || sent.receivedAt === null) return false;
  // who shares a key with others may come to wait when it was handed out
  if (sent.key !== `id of ${state.workflowId}:${stepId}:do`) return false;
  if (sent.service !== step.serviceName || !listensTo(step, sent.name)) return false;
  return !log.some(
    ({ event }) => event.type === 'StepEventReceived' && event.sourceEventId === sent.event.id,
  );
}
