import { setTimeout as delay } from 'node:timers/promises';
import { createKafkaBus } from '#adapters/kafka/kafka-bus.ts';
import { migrateMongoStore } from '#adapters/mongo/migrate-mongo-store.ts';
import { createLogger } from '#adapters/telemetry/logger.ts';
import { DEFAULT_TOPICS } from '#application/events/async-api.ts';
import type { EventBus } from '#application/ports/event-bus.ts';
import type { EngineApi } from '../processes/engine-api.ts';
import { checkTopic, type TopicVerdict } from '../processes/published-events.ts';
import { findServer } from '../servers/find-server.ts';
import { startTemporary, type TemporaryServer } from '../servers/start-temporary.ts';
import { ORDER_TOPIC, orderMessage } from './order-message.ts';
import type { Arrival } from './orders.ts';

/** MongoDB and Kafka for one run of the demo, and what the demo does with them. */
export type DemoServers = {
  /** What the engine is told. */
  readonly settings: Readonly<Record<string, string>>;
  /** Tells of an order by Kafka, as order-management-service would. @returns the id of the workflow that it has started */
  place(api: EngineApi, arrival: Arrival & { readonly kind: 'order' }): Promise<string>;
  /** Waits until all is published, and holds the topic against the logs. */
  verdict(api: EngineApi, workflowIds: readonly string[]): Promise<TopicVerdict>;
  stop(): Promise<void>;
};

/** A consumer that was killed is missed after ten seconds, and what piled up meanwhile takes its time. */
const PATIENCE_MS = 90_000;
const LOOK_EVERY_MS = 250;
/** Every so many orders are told twice, as producers do when an answer was lost. */
const TOLD_TWICE = 5;

/**
 * Starts both in temporary folders and prepares the database.
 * @throws MissingPieceError when one of them can't be had
 */
export async function startDemoServers(): Promise<DemoServers> {
  const started: TemporaryServer[] = [];
  const stop = async () => void (await Promise.all(started.map((server) => server.dispose())));
  try {
    const [mongodb, kafka] = await Promise.all(
      (['mongodb', 'kafka'] as const).map(async (kind) => {
        const server = await startTemporary(await findServer(kind));
        started.push(server);
        return server.address;
      }),
    );
    const settings = { STORE_URL: `${mongodb}/wes-demo`, KAFKA_BROKERS: kafka ?? '' };
    await migrateMongoStore(settings.STORE_URL);
    const bus = createKafkaBus({
      brokers: [settings.KAFKA_BROKERS],
      clientId: 'wes-demo',
      logger: createLogger({ level: 'warn', format: 'pretty' }),
      // It belongs to another system, which is not here.
      topics: [{ topic: ORDER_TOPIC, partitions: 3, replication: 1, settings: {} }],
    });
    await bus.publish([]);
    return {
      settings,
      place: placing(bus),
      async verdict(api, workflowIds) {
        await until(async () => (await api.health()).eventBacklog?.events === 0);
        return await checkTopic(api, workflowIds, await bus.readTopic(DEFAULT_TOPICS.workflow));
      },
      async stop() {
        await bus.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function placing(bus: EventBus): DemoServers['place'] {
  let placed = 0;
  return async (api, arrival) => {
    placed += 1;
    const message = orderMessage(arrival);
    await bus.publish(placed % TOLD_TWICE === 0 ? [message, message] : [message]);
    const { orderId } = arrival.order;
    const find = async () =>
      (await api.list(`correlationId=${encodeURIComponent(orderId)}`))[0]?.id ?? null;
    return await until(find);
  };
}

/** @throws Error when nothing comes of it in time */
async function until<T>(look: () => Promise<T | null | false>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== null && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`nothing came of it in ${PATIENCE_MS} ms`);
    await delay(LOOK_EVERY_MS);
  }
}
