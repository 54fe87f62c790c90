import type { DeadLetterReason } from '#application/dead-letters/dead-letter.ts';
import type { IncomingEvent } from '#application/inbound/incoming-event.ts';
import { textAt } from '#application/inbound/text-at.ts';
import {
  findTrigger,
  type EndAction,
  type KeyRule,
  type StartAction,
  type Trigger,
  type Triggers,
} from '#application/inbound/trigger.ts';
import type { Json } from '#domain/json.ts';
import { CORRELATION_KEY } from '#domain/workflow/correlation-key.ts';

type StepAction = Extract<Trigger, { action: 'step' }>;

/** What is to be done about an event. */
export type Plan =
  | { readonly kind: 'ignore'; readonly event: IncomingEvent }
  | Refusal
  | {
      readonly kind: 'act';
      readonly event: IncomingEvent;
      readonly trigger: Trigger & (StartAction | EndAction | StepAction);
      /** The business key: it becomes, or is, a correlation id. */
      readonly key: string;
    };

/** Nothing can be done about it, however often it is tried. */
export type Refusal = {
  readonly kind: 'refuse';
  readonly reason: DeadLetterReason;
  readonly detail: string;
};

/** Pure: nothing but the event and the configuration decides. */
export function planEvent(triggers: Triggers, event: IncomingEvent): Plan {
  const trigger = findTrigger(triggers, event);
  if (trigger === undefined) {
    const what = event.type === null ? 'an event without type' : `events of type ${event.type}`;
    const where = event.origin === null ? '' : ` of topic ${event.origin.topic}`;
    return {
      kind: 'refuse',
      reason: 'unmatched',
      detail: `there is no trigger for ${what}${where}`,
    };
  }
  if (trigger.action === 'ignore') return { kind: 'ignore', event };
  const key = keyOf(event.data, trigger.key);
  if (typeof key === 'object') return { kind: 'refuse', reason: 'rejected', detail: key.fault };
  return { kind: 'act', event, trigger, key };
}

function keyOf(data: Json, rule: KeyRule): string | { readonly fault: string } {
  const places = rule.map((pointers) => pointers.join(' and ')).join(', or at ');
  const candidates = rule.map((pointers) => pointers.map((pointer) => textAt(data, pointer)));
  const parts = candidates.find((values) => !values.includes(null));
  if (parts === undefined) return { fault: `there is no key at ${places} of its data` };
  const key = parts.join('+');
  if (CORRELATION_KEY.test(key)) return key;
  return {
    fault: `the key at ${places} must be 1 to 200 printable ASCII characters; it has ${key.length}`,
  };
}
