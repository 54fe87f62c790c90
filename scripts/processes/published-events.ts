import { z } from 'zod';
import { PUBLISHED_EVENTS, cloudEventSchemaOf } from '#application/events/published-schemas.ts';
import { EVENT_TYPE_PREFIX } from '#application/events/cloud-event.ts';
import type { ReceivedMessage } from '#application/ports/event-bus.ts';
import type { EngineApi } from './engine-api.ts';

const text = new TextDecoder('utf-8', { fatal: true });
const named = z.looseObject({ id: z.string(), type: z.string(), subject: z.string() });
const history = z.object({
  items: z.array(z.looseObject({ eventId: z.string(), type: z.string().nullable() })),
});

/** What is on a topic, held against the logs that the API serves. */
export type TopicVerdict = {
  readonly messages: number;
  readonly duplicates: number;
  /** What is wrong, a line each; none: all is well. */
  readonly faults: readonly string[];
};

/**
 * Every published event of every log is on the topic; first occurrences have the order of the log, what comes twice is the
 * same, the key is the workflow's id, and each event is as its schema says.
 * @param messages the whole topic, by partition and offset, in structured mode
 */
export async function checkTopic(
  api: EngineApi,
  workflowIds: readonly string[],
  messages: readonly ReceivedMessage[],
): Promise<TopicVerdict> {
  const faults: string[] = [];
  const seen = new Map<string, string>();
  const byWorkflow = new Map<string, string[]>();
  let duplicates = 0;
  for (const { key, value } of messages) {
    const body = text.decode(value ?? new Uint8Array());
    const event = named.parse(JSON.parse(body));
    const workflowId = event.subject.replace('workflow/', '');
    if (text.decode(key ?? new Uint8Array()) !== workflowId)
      faults.push(`${event.id}: another key`);
    const earlier = seen.get(event.id);
    if (earlier !== undefined) {
      duplicates += 1;
      if (earlier !== body) faults.push(`${event.id}: came twice, and not the same`);
      continue;
    }
    seen.set(event.id, body);
    faults.push(...schemaFaults(event));
    const ids = byWorkflow.get(workflowId);
    if (ids === undefined) byWorkflow.set(workflowId, [event.id]);
    else ids.push(event.id);
  }
  for (const id of workflowIds) {
    const { body } = await api.ask(`/workflows/${id}/events`);
    const { items } = history.parse(body);
    const logged = items.filter(({ type }) => type !== null).map(({ eventId }) => eventId);
    const published = byWorkflow.get(id) ?? [];
    if (published.join() !== logged.join()) {
      faults.push(
        `workflow ${id}: its log has ${logged.join(' ')}, the topic ${published.join(' ')}`,
      );
    }
  }
  return { messages: messages.length, duplicates, faults };
}

function schemaFaults(event: z.output<typeof named>): readonly string[] {
  const known = [...PUBLISHED_EVENTS.values()].find(
    ({ suffix }) => EVENT_TYPE_PREFIX + suffix === event.type,
  );
  if (known === undefined) return [`${event.id}: unknown type ${event.type}`];
  const { error } = cloudEventSchemaOf(known).safeParse(event);
  return error === undefined ? [] : [`${event.id}: ${z.prettifyError(error)}`];
}
