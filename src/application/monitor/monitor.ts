import { createSystemOutbox } from '#application/events/system-outbox.ts';
import { createCallWindows } from '#application/monitor/call-windows.ts';
import { createInstanceReadings } from '#application/monitor/instance-readings.ts';
import type { MonitoredService } from '#application/monitor/monitored-service.ts';
import { viewOfService, type InstanceReading } from '#application/monitor/service-view.ts';
import { createRebalancer } from '#application/monitor/rebalancer.ts';
import { createThrottles } from '#application/monitor/throttles.ts';
import { createLeaderNote } from '#application/leader-note.ts';
import type { BreakerBoard } from '#application/ports/breaker-board.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { JobQueue } from '#application/ports/job-queue.ts';
import {
  currentView,
  type Heartbeat,
  type LoadBoard,
  type Rebalance,
  type ServiceLoad,
} from '#application/ports/load-board.ts';
import type { LoadProbe } from '#application/ports/load-probe.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { CursorStore } from '#application/ports/cursor-store.ts';
import type { QueueLimits } from '#application/ports/queue-limits.ts';
import type { BreakerStatus } from '#application/ports/service-caller.ts';
import { shareOf, type LoadMetrics } from '#domain/policy/load-score.ts';
import { parseJson } from '#domain/parse-json.ts';
import { storedSystemLoad } from '#domain/policy/stored-system-load.ts';
import { NO_LOAD_YET, recordLoad, type SystemLoad } from '#domain/policy/system-load.ts';
import type { BreakerSignal } from '#domain/policy/throttle.ts';

/** The copy of the snapshots in the store. */
const COPY = 'system-load';

export type MonitorParts = {
  readonly services: readonly MonitoredService[];
  readonly board: LoadBoard;
  readonly breakerBoard: BreakerBoard;
  readonly probe: LoadProbe;
  readonly limits: Pick<QueueLimits, 'apply'>;
  readonly queue: Pick<JobQueue, 'depths'>;
  readonly store: CursorStore;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** The time in which one process leads the monitor. Its methods may run at the same time, each once. */
export type MonitorTerm = {
  /** Once a second: takes in heartbeats, moves the limits, publishes the view. @throws QueueUnavailableError */
  look(): Promise<void>;
  /** Every 5 s (SPEC 4): asks the instances, records a snapshot of the system. @throws QueueUnavailableError, StoreUnavailableError */
  collect(): Promise<void>;
};

/**
 * Begins a term where the last one ended: snapshots, limits and baselines are read from the board, after a wipe from the store.
 *
 * Who owns what: the leader alone writes the view, the limits, and in the store the copy and the events. Of two that both believe to
 * lead (a lease that ran out unnoticed) the earlier is refused wherever the later has written (ADR 19).
 * @param fence of the lease
 */
export async function beginMonitorTerm(parts: MonitorParts, fence: number): Promise<MonitorTerm> {
  const { services, board, clock, logger } = parts;
  const latest = await board.view();
  const windowsOf = createCallWindows();
  const readings = createInstanceReadings(parts);
  const throttles = createThrottles({ ...parts, fence, latest: currentView(latest, clock.now()) });
  const weights = new Map(
    (latest?.services ?? [])
      .flatMap(({ instances }) => instances)
      .map(({ url, weight }) => [url, weight] as const),
  );
  const rebalancer = createRebalancer(weights);
  const untold: Rebalance[] = [];
  const copy = createLeaderNote(parts.store, COPY);
  const outbox = createSystemOutbox(parts.store);
  let lastRebalance: Rebalance | null = latest?.lastRebalance ?? null;
  let system: SystemLoad = latest?.system ?? (await storedLoad(parts));
  let depths: ReadonlyMap<string, number> = new Map();
  let heartbeats: readonly Heartbeat[] = [];
  let breakers: ReadonlyMap<string, BreakerStatus> = new Map();

  return {
    async look() {
      const [alive, statuses] = await Promise.all([board.heartbeats(), parts.breakerBoard.read()]);
      heartbeats = alive;
      breakers = new Map(statuses.map((status) => [status.serviceName, status]));
      const now = clock.now();
      const windows = windowsOf(heartbeats);
      readings.observe(windows, now);
      const views = new Map(services.map((service) => [service, viewOf(service, now)]));
      const signalOf = (service: MonitoredService) => ({
        score: views.get(service)?.score ?? null,
        errorRate: views.get(service)?.errorRate ?? null,
        breaker: breakerSignal(breakers.get(service.name)),
      });
      await throttles.move(heartbeats, windows, signalOf, now);
      if (rebalancer.isIdle()) rebalancer.request(await board.takeRequests(), situation());
      await publish();
    },
    async collect() {
      await readings.ask(services, () => clock.now());
      const queues = await parts.queue.depths();
      depths = new Map(queues.map(({ queue, waiting }) => [queue, waiting]));
      record(situation().metrics);
      rebalancer.relax(situation());
      rebalance();
      await publish();
      await tellRebalances();
      await copy.save(JSON.stringify(system));
    },
  };

  async function publish(): Promise<void> {
    const at = clock.now();
    const views = services.map((service) => viewOf(service, at));
    const view = { at, system, services: views, lastRebalance };
    if (await board.publish(view, fence)) return;
    logger.warn('monitor: another process leads by now; what this one sees is not shown', {
      fence,
    });
  }

  /** Ends the rebalancing under way, now that its effect was measured, or begins one that the rule of SPEC 4 wants. */
  function rebalance(): void {
    const done = rebalancer.conclude(situation());
    if (done === null) {
      if (rebalancer.follow(situation()))
        logger.info('load is rebalanced: shares of instances shifted');
      return;
    }
    lastRebalance = done;
    untold.push(done);
    logger.info(`load was rebalanced: ${done.reason}`, { ...done });
  }

  /** What the store could not take is told it again the next time. */
  async function tellRebalances(): Promise<void> {
    for (let next = untold[0]; next !== undefined; next = untold[0]) {
      if (!(await outbox.record(next))) return;
      untold.shift();
    }
  }

  function situation() {
    const now = clock.now();
    const newest = system.snapshots.at(-1);
    return {
      services: services.map((service) => viewOf(service, now)),
      metrics: services.flatMap((service) => metricsOf(instancesOf(service, now))),
      utilization: newest === undefined ? null : shareOf(newest.score),
      now,
    };
  }

  function viewOf(service: MonitoredService, now: number): ServiceLoad {
    const depth = depths.get(service.queueName) ?? 0;
    return viewOfService(
      service.name,
      instancesOf(service, now),
      depth,
      throttles.viewOf(service, now),
    );
  }

  function instancesOf(service: MonitoredService, now: number): readonly InstanceReading[] {
    const { ceiling, baselineMs } = throttles.viewOf(service, now);
    const circumstances = {
      ceiling,
      baselineMs,
      queueDepth: depths.get(service.queueName) ?? 0,
      served: heartbeats.some((beat) => serves(beat, service)),
      heldBack: breakerSignal(breakers.get(service.name)).kind !== 'closed',
    };
    return service.instances.map((url) => ({
      url,
      known: readings.of(service, url, circumstances, now),
      weight: weights.get(url) ?? 1,
    }));
  }

  function record(metrics: readonly LoadMetrics[]): void {
    if (metrics.length === 0) return; // nothing is known: no figure is made up
    const now = clock.now();
    const next = recordLoad(system, now, metrics);
    if (!('kind' in next)) {
      system = next;
      return;
    }
    // a clock that was set back: the old snapshots would hold up every new one until their time comes again
    logger.warn(`load snapshots begin anew: ${next.reason}`);
    system = NO_LOAD_YET;
  }
}

async function storedLoad({ store, logger }: MonitorParts): Promise<SystemLoad> {
  try {
    const note = await store.readCursor(COPY);
    return (note && storedSystemLoad(parseJson(note))) || NO_LOAD_YET;
  } catch (error) {
    logger.warn('load snapshots begin anew: their copy can not be read', { error });
    return NO_LOAD_YET;
  }
}

function metricsOf(instances: readonly InstanceReading[]): readonly LoadMetrics[] {
  return instances.flatMap(({ known }) => known?.metrics ?? []);
}

function serves({ queues }: Heartbeat, { queueName }: MonitoredService): boolean {
  return queues.some(({ queue }) => queue === queueName);
}

function breakerSignal(status: BreakerStatus | undefined): BreakerSignal {
  if (status === undefined) return { kind: 'closed', closedAt: null };
  if (status.state === 'closed') return { kind: 'closed', closedAt: status.since };
  return { kind: status.state };
}
