import { letterOf, type DeadLetterReason } from '#application/dead-letters/dead-letter.ts';
import { postDeadLetter } from '#application/dead-letters/post-dead-letter.ts';
import { decodeMessage } from '#application/inbound/decode-message.ts';
import type { IncomingEvent } from '#application/inbound/incoming-event.ts';
import { inLanes } from '#application/inbound/lanes.ts';
import { UndecodableError } from '#application/inbound/message-text.ts';
import { planEvent } from '#application/inbound/plan-event.ts';
import type { Reception } from '#application/inbound/receive-event.ts';
import { untilSettled, type Patience } from '#application/inbound/patience.ts';
import type { Triggers } from '#application/inbound/trigger.ts';
import type { Clock } from '#application/ports/clock.ts';
import type {
  BatchHandler,
  EventPublisher,
  ReceivedMessage,
} from '#application/ports/event-bus.ts';
import type { Logger } from '#application/ports/logger.ts';

export type HandleBatchParts = {
  readonly triggers: Triggers;
  readonly receive: (event: IncomingEvent) => Promise<Reception>;
  readonly bus: EventPublisher;
  readonly deadLetterTopic: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly patience: Patience;
};

/** A message, read. */
type Task = { readonly message: ReceivedMessage; readonly lane: string } & (
  { readonly event: IncomingEvent } | { readonly undecodable: string }
);

/**
 * Handles the messages of a partition.
 *
 * 1. Messages of one business key are handled in their order, those of different keys beside one another.
 * 2. Each one ends: it takes effect, or, when it can't or has failed as often as patience allows, it is a dead letter. So one
 *    that is slow or fails holds up others only for as long as that takes.
 * 3. While the store or the bus is away nothing is given up, because nothing can be: all wait.
 * 4. What is counted as done is in the store, or among the dead letters.
 */
export function handleBatch(parts: HandleBatchParts): BatchHandler {
  const { triggers, receive, bus, deadLetterTopic, clock, logger, patience } = parts;

  return async (messages, signal) => {
    const tasks = messages.map((message) => read(message, triggers));
    return await inLanes(
      tasks,
      ({ lane }) => lane,
      (task) => settle(task, signal),
      signal,
    );
  };

  /** @returns false: not done, because the signal was aborted first */
  async function settle(task: Task, signal: AbortSignal): Promise<boolean> {
    if ('undecodable' in task) return await bury(task, 'undecodable', task.undecodable, signal);
    const result = await untilSettled(patience, () => receive(task.event), signal);
    switch (result.kind) {
      case 'aborted':
        return false;
      case 'exhausted':
        logger.error('an event failed as often as it was tried', {
          ...placeOf(task.message),
          error: result.error,
        });
        return await bury(task, 'failed', textOf(result.error), signal);
      case 'settled':
        if (result.value.kind === 'refuse') {
          return await bury(task, result.value.reason, result.value.detail, signal);
        }
        tell(task.message, task.event, result.value);
        return true;
    }
  }

  async function bury(
    { message }: Task,
    reason: DeadLetterReason,
    detail: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const letter = letterOf(message, { reason, detail, at: clock.now() });
    const result = await untilSettled(
      { ...patience, attempts: Infinity },
      () => postDeadLetter(bus, deadLetterTopic, letter),
      signal,
    );
    if (result.kind !== 'settled') return false;
    logger.warn('a message went to the dead letters', { ...placeOf(message), reason, detail });
    return true;
  }

  function tell(message: ReceivedMessage, event: IncomingEvent, reception: Reception): void {
    const { source, id, type } = event;
    const fields = { ...placeOf(message), source, id, type, ...reception };
    const usual = reception.kind === 'done' && reception.workflowIds.length > 0;
    if (usual) logger.debug('an event took effect', fields);
    else logger.info(`an event had no effect now: ${reception.kind}`, fields);
  }
}

function read(message: ReceivedMessage, triggers: Triggers): Task {
  try {
    const event = decodeMessage(message, triggers.bare);
    const plan = planEvent(triggers, event);
    const { partition, offset } = message;
    // What has no key has no order to keep.
    return {
      message,
      event,
      lane: plan.kind === 'act' ? `key ${plan.key}` : `${partition}/${offset}`,
    };
  } catch (error) {
    if (!(error instanceof UndecodableError)) throw error;
    return { message, lane: `${message.partition}/${message.offset}`, undecodable: error.message };
  }
}

function placeOf({ topic, partition, offset }: ReceivedMessage) {
  return { topic, partition, offset };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
