import { randomUUID } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import { createKafkaBus, type KafkaBusOptions } from '#adapters/kafka/kafka-bus.ts';
import type { BusMessage, EventBus } from '#application/ports/event-bus.ts';
import { orSkip } from '#test/servers/skip.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';
import { findServer } from '../../../scripts/servers/find-server.ts';
import { startTemporary, type TemporaryServer } from '../../../scripts/servers/start-temporary.ts';

/**
 * A Kafka of the file's own, which tests may stop and kill; it ends with the file.
 * @returns null: none can be had, and the file has said so as a skipped test
 */
export async function ownKafkaForFile<Context>(
  test: TestFn<Context>,
): Promise<TemporaryServer | null> {
  const server = await orSkip(test, async () => await startTemporary(await findServer('kafka')));
  if (server !== null) test.after.always('its Kafka goes', () => server.dispose());
  return server;
}

/** The address of a Kafka to be used by tests that leave it alone: that of KAFKA_BROKERS, else one of the file's own. */
export async function kafkaForFile<Context>(test: TestFn<Context>): Promise<string | null> {
  const configured = process.env['KAFKA_BROKERS'];
  if (configured !== undefined) return configured;
  return (await ownKafkaForFile(test))?.address ?? null;
}

/** The shortest that brokers allow: so that tests which kill consumers wait no longer than they must. */
export const SESSION_MS = 6000;

/** A bus that is closed at the end of the test. */
export function openBus(
  t: ExecutionContext,
  brokers: string,
  options: Partial<KafkaBusOptions> = {},
): EventBus {
  const bus = createKafkaBus({
    brokers: brokers.split(','),
    clientId: 'wes-test',
    logger: recordingLogger(),
    topics: [],
    sessionTimeoutMs: SESSION_MS,
    ...options,
  });
  t.teardown(() => bus.close());
  return bus;
}

/** A topic of the test's own, made with the first message. */
export function freshTopic(partitions = 1, settings: Readonly<Record<string, string>> = {}) {
  return { topic: `test.${randomUUID()}`, partitions, replication: 1, settings };
}

export function message(topic: string, value: string, key = 'a key'): BusMessage {
  return { topic, key, value, headers: new Map() };
}

/** The values of messages, as text. */
export function textsOf(messages: readonly { readonly value: Uint8Array | null }[]): string[] {
  return messages.map(({ value }) => new TextDecoder().decode(value ?? new Uint8Array()));
}
