import { createQueueLimits } from '#adapters/bullmq/queue-limits.ts';
import { startStepWorkers } from '#adapters/bullmq/step-workers.ts';
import { openWorkerRedis } from '#adapters/redis/connection.ts';
import { warmUpCalls } from '#adapters/http/warm-up.ts';
import { advance } from '#application/advance.ts';
import { limitKeeper } from '#application/monitor/limit-keeper.ts';
import type { Service } from '#adapters/http/service-registry.ts';
import { ConfigFileError } from '#composition/config-file-error.ts';
import type { Engine } from '#composition/engine.ts';
import { startHeartbeat } from '#composition/heartbeat.ts';
import { withinPatience } from '#composition/readiness.ts';
import type { Role } from '#composition/role.ts';
import { TIMER_QUEUE, stepQueueName } from '#queues/step-queues.ts';

/**
 * Runs steps.
 * @param only names of the queues to serve (`steps.inventory-service`); null: all of them
 * @throws ConfigFileError from the role for a name that is no queue: such a worker would wait for ever
 */
export function workerRole(only: readonly string[] | null): Role {
  return async (engine) => {
    const { config, logger, clock } = engine;
    const queues = queuesToServe(engine, only);
    const connection = openWorkerRedis(engine.redisUrl, 'worker', logger);
    const limits = createQueueLimits({ redis: engine.redis, queues: engine.queue.queues });
    const granted = new Map(
      engine.registry.services.flatMap(({ queueName, concurrency }) =>
        concurrency === null ? [] : [[queueName, concurrency] as const],
      ),
    );
    const keepLimits = limitKeeper({ limits, normal: granted, clock, logger });
    const workers = startStepWorkers({
      connection,
      prefix: config.queuePrefix,
      queues,
      advance: (job, delivery) => advance(engine, job, delivery),
      now: () => clock.now(),
      logger,
    });
    const heartbeat = startHeartbeat(engine, {
      name: 'worker',
      queues: queues.map(({ queueName, concurrency }) => ({ queue: queueName, concurrency })),
      onView: keepLimits,
      onWiped: limitServices,
    });
    await limitServices();
    await withinPatience([workers.ready(), warmUpCalls()]);
    logger.info('worker is up');
    return {
      async stop(graceMs) {
        await workers.close(graceMs);
        await heartbeat.stop(0);
        connection.disconnect();
      },
    };

    /** The registry's limits hold over all processes, and also where no monitor is at work; one that is may have set lower ones. */
    async function limitServices(): Promise<void> {
      try {
        await limits.ensure(granted);
      } catch (error) {
        logger.warn('limits of queues not set: the monitor sets them', { error });
      }
    }
  };
}

function queuesToServe({ config, registry }: Engine, only: readonly string[] | null) {
  const timers = {
    queueName: TIMER_QUEUE,
    concurrency: config.worker.concurrency,
    rateLimit: null,
  };
  const steps = registry.services.map((service) => ({
    queueName: stepQueueName(service.name),
    concurrency: concurrencyOf(service, config.worker.concurrency),
    rateLimit: service.rateLimit,
  }));
  const all = [timers, ...steps];
  if (only === null) return all;
  const known = new Set(all.map(({ queueName }) => queueName));
  const unknown = only.filter((queueName) => !known.has(queueName));
  if (unknown.length > 0) {
    const allowed = [...known].join(', ');
    throw new ConfigFileError(
      '--queues',
      unknown.map((queueName) => `"${queueName}" is no queue; there are ${allowed}`),
    );
  }
  return all.filter(({ queueName }) => only.includes(queueName));
}

/** The registry's limit is for all processes together; a single process never exceeds it either. */
function concurrencyOf(service: Service, perQueue: number): number {
  return Math.min(perQueue, service.concurrency ?? perQueue);
}
