import { createRequire } from 'node:module';
import { v7 as uuidv7 } from 'uuid';
import { createQueueInsight } from '#adapters/bullmq/queue-insight.ts';
import { createJobQueue, type BullMqJobQueue } from '#adapters/bullmq/job-queue.ts';
import { createServiceCaller, type MeteredCaller } from '#adapters/http/service-caller.ts';
import type { ServiceRegistry } from '#adapters/http/service-registry.ts';
import { createBreakerRegister } from '#adapters/redis/breaker-register.ts';
import { openRedis, producerConnection } from '#adapters/redis/connection.ts';
import { createLoadBoard } from '#adapters/redis/load-board.ts';
import { createReleaseBoard } from '#adapters/redis/release-board.ts';
import { createSharedStates } from '#adapters/redis/shared-states.ts';
import { createWorkflowLocks } from '#adapters/redis/workflow-locks.ts';
import { createProcessLoad } from '#adapters/telemetry/process-load.ts';
import {
  createDefinitionCatalog,
  type DefinitionCatalog,
} from '#application/definition-catalog.ts';
import { forgettingWaits } from '#application/awaited/forget-waits.ts';
import { createStepEvents, type StepEvents } from '#application/awaited/step-events.ts';
import { createOrchestration } from '#application/create-orchestration.ts';
import { receiveEvent, type ReceiveEvent } from '#application/inbound/receive-event.ts';
import type { Triggers } from '#application/inbound/trigger.ts';
import type { Orchestration } from '#application/orchestration.ts';
import type { ReleaseBoard } from '#application/ports/release-board.ts';
import type { Floor } from '#application/ports/floor.ts';
import type { Clock, SteadyClock } from '#application/ports/clock.ts';
import type { EngineStore } from '#application/ports/engine-store.ts';
import type { EventBus } from '#application/ports/event-bus.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { BreakerBoard } from '#application/ports/breaker-board.ts';
import type { LoadBoard } from '#application/ports/load-board.ts';
import { relayBacklog } from '#application/relay/backlog.ts';
import type { LaneRules } from '#application/waveless/lane-rules.ts';
import { createFloor } from '#application/waveless/read-floor.ts';
import { createStateExchange } from '#application/shared-state.ts';
import { createStateCache } from '#application/state-cache.ts';
import { watchStore } from '#application/watch-store.ts';
import { createWorkflows, type Workflows } from '#application/workflows.ts';
import type { Config } from '#composition/config.ts';
import type { KafkaConfig } from '#composition/kafka-settings.ts';
import { readLanesFile } from '#composition/lanes-file.ts';
import { openBus } from '#composition/open-bus.ts';
import { pause } from '#composition/pause.ts';
import { openStore } from '#composition/open-store.ts';
import { readTriggersFile } from '#composition/triggers-file.ts';
import { readServicesFile } from '#composition/services-file.ts';
import { startRedis } from '#composition/redis-server.ts';
import type { Redis } from 'ioredis';

/** Nothing is connected before it is used. */
export type EngineKafka = { readonly settings: KafkaConfig; readonly bus: EventBus };

/** What every role of the engine stands on. */
export type Engine = {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock & SteadyClock;
  readonly store: EngineStore;
  readonly redisUrl: string;
  /** Fails fast; for producers, leases and questions. */
  readonly redis: Redis;
  readonly queue: BullMqJobQueue;
  /** null: none is configured. */
  readonly kafka: EngineKafka | null;
  readonly registry: ServiceRegistry;
  readonly services: MeteredCaller;
  readonly breakerBoard: BreakerBoard;
  readonly loadBoard: LoadBoard;
  readonly workflows: Workflows;
  readonly orchestration: Orchestration;
  readonly triggers: Triggers;
  readonly stepEvents: StepEvents;
  /** The one entry for events of other systems. */
  readonly receiveEvent: ReceiveEvent;
  readonly lanes: LaneRules;
  readonly releaseBoard: ReleaseBoard;
  readonly floor: Floor;
  /** Ends connections and the Redis that we started, in the reverse order of their start. */
  close(): Promise<void>;
};

/**
 * Brings up store, Redis, queues and services, and wires the use cases on them.
 * @throws MissingPieceError, StoreUnavailableError, MongoSetupError, ConfigFileError with all that is wrong with the files of services or triggers
 */
export async function startEngine(config: Config, logger: Logger): Promise<Engine> {
  const registry = await readServicesFile(config.servicesFile);
  const triggers = await readTriggersFile(config.triggersFile);
  const lanes = await readLanesFile(config.release.lanesFile, config.release.laneCap);
  const redisServer = await startRedis({
    mode: 'ladder',
    dataDir: config.redis.dataDir,
    redisUrl: config.redis.url,
    logger,
  });
  const redis = openRedis(producerConnection(redisServer.url), 'producer', logger);
  const store = watchStore(await openStore(config.store, logger), logger);
  const clock = { now: () => Date.now(), elapsed: () => performance.now() };
  const queue = createJobQueue({
    connection: redis,
    prefix: config.queuePrefix,
    serviceNames: registry.services.map((service) => service.name),
    // the connection reports its outages itself, once each
    onError: (error) => logger.debug('queue error', { error }),
  });
  const breakerBoard = createBreakerRegister({ redis, prefix: config.queuePrefix, clock });
  const loadBoard = createLoadBoard({ redis, prefix: config.queuePrefix, clock });
  const releaseBoard = createReleaseBoard({ redis, prefix: config.queuePrefix });
  const services = createServiceCaller({
    registry,
    clock,
    register: breakerBoard,
    onBreakerChange({ serviceName, from, to, reason }) {
      logger.warn(`breaker of ${serviceName}: ${from} -> ${to}`, { serviceName, reason });
    },
  });
  const definitions = createDefinitionCatalog(store, registry);
  const workflows = forgettingWaits({
    workflows: createWorkflows({
      store,
      definitions,
      queue,
      cache: createStateCache(config.stateCacheSize),
      ...sharing({ config, redis, store, definitions }),
      clock,
      logger,
      dispatchSlackMs: config.dispatchSlackMs,
      handOver: config.handOver,
    }),
    store,
    logger,
  });
  const stepEvents = createStepEvents({ workflows, store, clock, logger });
  const kafka = config.kafka && { settings: config.kafka, bus: openBus(config.kafka, logger) };
  const backlog = relayBacklog({ store, clock });
  const orchestration = createOrchestration({
    workflows,
    definitions,
    store,
    queue,
    services,
    breakerBoard,
    loadBoard,
    releaseBoard,
    lanes,
    insight: createQueueInsight({ redis, queues: queue.queues }),
    pause,
    load: createProcessLoad(),
    clock,
    bus: kafka && { ping: () => kafka.bus.ping(), backlog },
    ids: { next: () => uuidv7() },
    version: engineVersion(),
  });

  return {
    config,
    logger,
    clock,
    store,
    redisUrl: redisServer.url,
    redis,
    queue,
    kafka,
    registry,
    services,
    breakerBoard,
    loadBoard,
    workflows,
    orchestration,
    triggers,
    stepEvents,
    receiveEvent: receiveEvent({ triggers, orchestration, stepEvents, store, clock }),
    lanes,
    releaseBoard,
    floor: createFloor({ loadBoard, breakerBoard, clock }),
    async close() {
      await kafka?.bus.close();
      await queue.close();
      redis.disconnect();
      await store.close();
      await redisServer.stop();
      // last, and not waited for: a call that we break off ourselves says nothing of its service, and by now nothing is reported
      void services.close();
    },
  };
}

/** What processes do for one another by way of Redis, where it is switched on. */
function sharing(parts: {
  readonly config: Config;
  readonly redis: Redis;
  readonly store: EngineStore;
  readonly definitions: DefinitionCatalog;
}) {
  const { config, redis } = parts;
  const { queuePrefix: prefix, sharedStateCacheSize: capacity, workflowLockWaitMs } = config;
  const waitMs = workflowLockWaitMs;
  return {
    ...(capacity > 0 && {
      exchange: createStateExchange({
        ...parts,
        shared: createSharedStates({ redis, prefix, capacity }),
      }),
    }),
    ...(waitMs > 0 && { locks: createWorkflowLocks({ redis, prefix, waitMs }) }),
  };
}

/** As in package.json. */
export function engineVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('../../package.json');
  const known = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return known ? String(manifest.version) : 'unknown';
}
