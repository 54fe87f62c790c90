import { createQueueLimits } from '#adapters/bullmq/queue-limits.ts';
import { createLoadProbe } from '#adapters/http/load-probe.ts';
import type { Service } from '#adapters/http/service-registry.ts';
import { createLeaderLease } from '#adapters/redis/leader-lease.ts';
import { beginMonitorTerm, type MonitorTerm } from '#application/monitor/monitor.ts';
import type { MonitoredService } from '#application/monitor/monitored-service.ts';
import type { Role } from '#composition/role.ts';

/** Limits move once a second at most; readings are taken every 5 s (SPEC 4). */
const LOOK_MS = 1000;
const COLLECT_MS = 5000;

/** A leader that dies is followed within this time and one look. */
const LEASE_MS = 5000;

/** Watches the load of all services and moves what they get, in one process at a time. */
export const monitorRole: Role = async (engine) => {
  const { config, logger, redis, registry } = engine;
  const probe = createLoadProbe(registry);
  const parts = {
    ...engine,
    services: registry.services.map(monitored),
    board: engine.loadBoard,
    limits: createQueueLimits({ redis, queues: engine.queue.queues }),
    probe,
  };
  const lease = createLeaderLease({
    redis,
    prefix: config.queuePrefix,
    role: 'monitor',
    ttlMs: LEASE_MS,
  });
  let led: { readonly fence: number; readonly term: MonitorTerm } | null = null;
  const loops = [every(LOOK_MS, look), every(COLLECT_MS, collect)];
  logger.info('monitor is up');
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
      await probe.close();
      await lease.release();
    },
  };

  async function look(): Promise<void> {
    const fence = await lease.acquire();
    if (fence === null) {
      led = null;
      return;
    }
    if (led?.fence !== fence) {
      led = { fence, term: await beginMonitorTerm(parts, fence) };
      logger.info('monitor: this process leads', { fence });
    }
    await led.term.look();
  }

  async function collect(): Promise<void> {
    await led?.term.collect();
  }

  /** Runs a task again and again, never twice at a time; a fault is told once until it works again. */
  function every(intervalMs: number, task: () => Promise<void>) {
    let failing = false;
    let running: Promise<void> = Promise.resolve();
    let busy = false;
    const tick = async () => {
      busy = true;
      try {
        await task();
        failing = false;
      } catch (error) {
        if (!failing) logger.warn('monitor: a look failed, the next one tries again', { error });
        failing = true;
      }
      busy = false;
    };
    const start = () => {
      if (!busy) running = tick();
    };
    const timer = setInterval(start, intervalMs);
    start();
    return {
      async stop() {
        clearInterval(timer);
        await running;
      },
    };
  }
};

function monitored({
  name,
  queueName,
  instances,
  concurrency,
  loadPath,
}: Service): MonitoredService {
  return {
    name,
    queueName,
    instances: instances.map(({ url }) => url),
    concurrency,
    reportsLoad: loadPath !== null,
  };
}
