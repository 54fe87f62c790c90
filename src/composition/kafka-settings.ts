import type { z } from 'zod';
import { DEFAULT_TOPICS } from '#application/events/async-api.ts';
import { EVENT_FORMATS, type EventFormat } from '#application/relay/outgoing-message.ts';
import { oneOf, text, wholeNumber } from '#composition/setting-kinds.ts';

/** `host:port`, several with commas. */
const BROKERS = /^[\w.-]+:\d{1,5}(?:,[\w.-]+:\d{1,5})*$/;
const topic = text(/^[\w.-]{1,249}$/, 'the name of a topic: up to 249 letters, digits and ._-');
const name = text(/^[\w.-]{1,100}$/, 'up to 100 letters, digits and ._-');

/** The settings of Kafka; without brokers there is no bus, and events stay in the log. */
export const kafkaSettings = {
  KAFKA_BROKERS: text(BROKERS, 'host:port, several separated by commas').optional(),
  KAFKA_CLIENT_ID: name.default('wes-orchestration'),
  /** Consumer group of the `events` processes. */
  KAFKA_GROUP: name.default('wes-orchestration'),
  KAFKA_WORKFLOW_TOPIC: topic.default(DEFAULT_TOPICS.workflow),
  KAFKA_SYSTEM_TOPIC: topic.default(DEFAULT_TOPICS.system),
  KAFKA_DEAD_LETTER_TOPIC: topic.default(DEFAULT_TOPICS.deadLetters),
  /** Of the three topics, where the engine makes them. */
  KAFKA_PARTITIONS: wholeNumber(1, 1000).default(6),
  /** Unset: the broker's default. */
  KAFKA_REPLICATION: wholeNumber(1, 10).optional(),
  KAFKA_EVENT_FORMAT: oneOf(EVENT_FORMATS).default('structured'),
  /** How often the relay looks at the log when all is published. */
  RELAY_INTERVAL_MS: wholeNumber(10, 60_000).default(100),
  /** Shares of the workflows that are published side by side, each with a leader; the same in every process. */
  RELAY_PARTITIONS: wholeNumber(1, 64).default(1),
};

type KafkaSettings = z.output<z.ZodObject<typeof kafkaSettings>>;

export type KafkaConfig = {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly group: string;
  readonly topics: {
    readonly workflow: string;
    readonly system: string;
    readonly deadLetters: string;
  };
  readonly partitions: number;
  /** null: the broker's default. */
  readonly replication: number | null;
  readonly eventFormat: EventFormat;
  readonly relayIntervalMs: number;
  readonly relayPartitions: number;
};

/** @returns null: no bus */
export function toKafkaConfig(settings: KafkaSettings): KafkaConfig | null {
  if (settings.KAFKA_BROKERS === undefined) return null;
  return {
    brokers: settings.KAFKA_BROKERS.split(','),
    clientId: settings.KAFKA_CLIENT_ID,
    group: settings.KAFKA_GROUP,
    topics: {
      workflow: settings.KAFKA_WORKFLOW_TOPIC,
      system: settings.KAFKA_SYSTEM_TOPIC,
      deadLetters: settings.KAFKA_DEAD_LETTER_TOPIC,
    },
    partitions: settings.KAFKA_PARTITIONS,
    replication: settings.KAFKA_REPLICATION ?? null,
    eventFormat: settings.KAFKA_EVENT_FORMAT,
    relayIntervalMs: settings.RELAY_INTERVAL_MS,
    relayPartitions: settings.RELAY_PARTITIONS,
  };
}
