import { z } from 'zod';
import { EVENT_TYPE_PREFIX } from '#application/events/cloud-event.ts';
import {
  cloudEventSchemaOf,
  PUBLISHED_EVENTS,
  SYSTEM_EVENT_SOURCE,
} from '#application/events/published-schemas.ts';
import type { JsonObject } from '#domain/json.ts';

/** Topics by their default names (SPEC 6); all are settings. */
export const DEFAULT_TOPICS = {
  workflow: 'orchestration.workflow.events',
  system: 'orchestration.system.events',
  deadLetters: 'orchestration.dead-letters',
} as const;

/** JSON Schemas of the published events as on the topic, by file name such as `workflow.started.schema.json`. */
export function eventJsonSchemas(): ReadonlyMap<string, JsonObject> {
  const schemas = [...PUBLISHED_EVENTS].map(([name, event]) => {
    const schema = jsonSchema(cloudEventSchemaOf(event));
    return [`${event.suffix}.schema.json`, { title: name, ...schema }] as const;
  });
  return new Map(schemas);
}

/** AsyncAPI 3 of all that leaves the engine by Kafka. */
export function asyncApi(version: string): JsonObject {
  const events = [...PUBLISHED_EVENTS];
  const ofChannel = (system: boolean) =>
    events
      .filter(([, { source }]) => (source === SYSTEM_EVENT_SOURCE) === system)
      .map(([name]) => name);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'WES Orchestration Engine: events',
      version,
      description:
        'CloudEvents 1.0 on Kafka; structured JSON, or binary by the setting KAFKA_EVENT_FORMAT. Message key: the workflow id. ' +
        'Events of one workflow come in the order of its log, at least once; a redelivery has the same id.',
    },
    defaultContentType: 'application/cloudevents+json',
    channels: {
      workflowEvents: channel(DEFAULT_TOPICS.workflow, ofChannel(false)),
      systemEvents: channel(DEFAULT_TOPICS.system, ofChannel(true)),
    },
    operations: {
      publishWorkflowEvents: sending('workflowEvents'),
      publishSystemEvents: sending('systemEvents'),
    },
    components: {
      messages: Object.fromEntries(
        events.map(([name, event]) => [
          name,
          {
            name,
            title: EVENT_TYPE_PREFIX + event.suffix,
            contentType: 'application/cloudevents+json',
            payload: jsonSchema(cloudEventSchemaOf(event)),
            bindings: { kafka: { key: { type: 'string', description: 'workflow id' } } },
          },
        ]),
      ),
    },
  };
}

function channel(address: string, names: readonly string[]): JsonObject {
  const messages = names.map((name): [string, JsonObject] => [
    name,
    { $ref: `#/components/messages/${name}` },
  ]);
  return { address, messages: Object.fromEntries(messages) };
}

function sending(channelName: string): JsonObject {
  return { action: 'send', channel: { $ref: `#/channels/${channelName}` } };
}

/** What zod makes is plain JSON, of a looser type. */
const plainJson = z.record(z.string(), z.json());

function jsonSchema(schema: z.ZodType): JsonObject {
  const made = z.toJSONSchema(schema, {
    // The format says it; the pattern of half a page says nothing more.
    override: ({ jsonSchema: part }) => {
      if (part.format === 'date-time') delete part.pattern;
    },
  });
  return plainJson.parse(made);
}
