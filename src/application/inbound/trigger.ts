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
      readonly service: string;
      readonly key: KeyPointers;
      /** How long an event that nobody waits for yet is kept for its step. */
      readonly parkMs: number;
    }
  /** None of our business. */
  | { readonly action: 'ignore' };

/** `$from` pointers look into `{ event: { id, source, type, subject, time }, data, key }`. */
export type StartAction = {
  readonly action: 'start';
  readonly key: KeyPointers;
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
  readonly key: KeyPointers;
  readonly workflowType: WorkflowType;
  /** When there is no such workflow at all. */
  readonly ifNone: 'dead-letter' | 'ignore';
};

/** JSON Pointers into the data; several values are joined by `+`. */
export type KeyPointers = readonly string[];

export type Triggers = {
  readonly list: readonly Trigger[];
  readonly bare: ReadonlyMap<string, BareFormat>;
};

/** All topics that triggers wait for. */
export function topicsOf({ list }: Triggers): readonly string[] {
  return [...new Set(list.map(({ topic }) => topic))];
}

/**
 * The trigger of an event. One that came by no topic is matched by its type alone: by triggers that name one.
 * @returns undefined: there is none
 */
export function findTrigger(
  { list }: Triggers,
  { origin, type }: Pick<IncomingEvent, 'origin' | 'type'>,
): Trigger | undefined {
  return list.find((trigger) =>
    origin === null
      ? trigger.type !== null && fits(trigger.type, type)
      : trigger.topic === origin.topic && (trigger.type === null || fits(trigger.type, type)),
  );
}

function fits(pattern: string, type: string | null): boolean {
  if (type === null) return false;
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}
