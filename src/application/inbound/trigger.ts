import type { BareFormat } from '#application/inbound/decode-message.ts';
import type { IncomingEvent } from '#application/inbound/incoming-event.ts';
import type { Mapping, MappingObject } from '#domain/definition/definition.ts';
import type { WorkflowType } from '#domain/workflow/vocabulary.ts';

/** What happens when an event of this topic and type comes (SPEC 7). The first that fits is the one. */
export type Trigger = {
  /** For people; unique. */
  readonly name: string;
  readonly topic: string;
  /** A whole type, or the beginning of one with `*` at its end; null: any, also none. */
  readonly type: string | null;
} & TriggerAction;

export type TriggerAction =
  | StartAction
  | EndAction
  /** Completes or fails a waiting step of a service. */
  | {
      readonly action: 'step';
      /** The service that has given the key out: keys are its own. */
      readonly service: string;
      /** As definitions call it (`completion.event`). */
      readonly event: string;
      readonly key: KeyRule;
      /** How long an event that nobody waits for yet is kept for its step. */
      readonly parkMs: number;
    }
  /** None of our business. */
  | { readonly action: 'ignore' };

/** `$from` pointers look into `{ event: { id, source, type, subject, time }, data, key }`. */
export type StartAction = {
  readonly action: 'start';
  readonly key: KeyRule;
  readonly workflowDefinitionId: string;
  readonly workflowType: WorkflowType;
  /** null: type and key. */
  readonly workflowName: Mapping;
  /** Resolves to HIGH, NORMAL or LOW. */
  readonly priority: Mapping;
  readonly input: MappingObject;
};

/** Ends the workflows of a type whose correlation id is the key. */
export type EndAction = {
  readonly action: 'cancel' | 'compensate' | 'cancel-or-compensate';
  readonly key: KeyRule;
  readonly workflowType: WorkflowType;
  /** When there is no such workflow at all. */
  readonly ifNone: 'dead-letter' | 'ignore';
};

/**
 * Where the data of an event has its key: the first of these alternatives that is all there. Each is a list of JSON Pointers,
 * whose values are joined by `+`.
 */
export type KeyRule = readonly (readonly string[])[];

export type Triggers = {
  readonly list: readonly Trigger[];
  readonly bare: ReadonlyMap<string, BareFormat>;
};

/** All topics that triggers wait for. */
export function topicsOf({ list }: Triggers): readonly string[] {
  return [...new Set(list.map(({ topic }) => topic))];
}

/**
 * The trigger of an event. A message that does not say its type is what its topic is for, where that is one thing. What came by no
 * topic is matched by its type alone; there and everywhere the name
 * of the topic stands in for a type that is not said.
 * @returns undefined: there is none
 */
export function findTrigger(
  { list }: Triggers,
  { origin, type }: Pick<IncomingEvent, 'origin' | 'type'>,
): Trigger | undefined {
  if (origin === null) {
    return list.find((trigger) => type !== null && fits(trigger.type ?? trigger.topic, type));
  }
  const ofTopic = list.filter(({ topic }) => topic === origin.topic);
  if (type === null || type === origin.topic) {
    return ofTopic.length === 1 ? ofTopic[0] : ofTopic.find((trigger) => trigger.type === null);
  }
  return ofTopic.find((trigger) => trigger.type === null || fits(trigger.type, type));
}

function fits(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}
