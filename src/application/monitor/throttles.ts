import { sumOfWindows, type CallWindow } from '#application/monitor/call-windows.ts';
import type { MonitoredService } from '#application/monitor/monitored-service.ts';
import type { Heartbeat, LoadView, ThrottleView } from '#application/ports/load-board.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { QueueLimits } from '#application/ports/queue-limits.ts';
import {
  grantedCalls,
  nextThrottle,
  underCeiling,
  unthrottled,
  type BreakerSignal,
  type ThrottleState,
} from '#domain/policy/throttle.ts';

/** What the throttle of a service must know beside its calls. */
export type ServiceSignal = {
  /** Mean score and error rate of its instances; null: unknown. */
  readonly score: number | null;
  readonly errorRate: number | null;
  readonly breaker: BreakerSignal;
};

type Throttle = {
  readonly state: ThrottleState;
  readonly granted: number;
  readonly ceiling: number;
  readonly since: number;
};

/**
 * The limits of all services, moved once a look.
 *
 * 1. A service gets at most what the registry grants it and at most what its workers take, over all processes together.
 * 2. What the limits should be is written at every look where it differs: after Redis was wiped they stand again a look later.
 * 3. A service without a limit in the registry that is under no pressure has no limit in the queue either: a worker that joins
 *    counts at once.
 * @param latest the view of the monitor that led before: its limits and baselines go on
 */
export function createThrottles(parts: {
  readonly services: readonly MonitoredService[];
  readonly limits: Pick<QueueLimits, 'apply'>;
  readonly logger: Logger;
  readonly latest: LoadView | null;
  /** Of the lease of the monitor. */
  readonly fence: number;
}) {
  const { services, limits, logger, fence } = parts;
  const throttles = new Map(
    (parts.latest?.services ?? []).map(({ serviceName, throttle }) => [
      serviceName,
      resumed(throttle),
    ]),
  );

  return {
    viewOf(service: MonitoredService, now: number): ThrottleView {
      const throttle = throttles.get(service.name);
      if (throttle === undefined) return unseen(service, now);
      const { state, granted, ceiling, since } = throttle;
      const { baselineMs, reason } = state;
      return { limit: granted, ceiling, baselineMs, since, reason };
    },

    /** Moves every limit by one step, and brings those about that differ. @throws QueueUnavailableError */
    async move(
      heartbeats: readonly Heartbeat[],
      windows: readonly CallWindow[],
      signalOf: (service: MonitoredService) => ServiceSignal,
      now: number,
    ): Promise<void> {
      const wanted = new Map<string, number | null>();
      for (const service of services) {
        const taken = takenBy(heartbeats, service.queueName);
        const ceiling = Math.max(1, Math.min(service.concurrency ?? Infinity, taken || Infinity));
        if (!Number.isFinite(ceiling)) continue; // nobody serves it: there is nothing to limit
        const own = windows.filter(({ serviceName }) => serviceName === service.name);
        const signal = { ...sumOfWindows(own), ...signalOf(service) };
        const before = throttles.get(service.name);
        const from =
          before === undefined
            ? unthrottled(ceiling)
            : underCeiling(before.state, before.ceiling, ceiling, now);
        const state = nextThrottle(from, signal, ceiling, now);
        const granted = grantedCalls(state);
        const changed = before !== undefined && before.granted !== granted;
        if (changed) tell(service, before.granted, granted, state.reason);
        const since = before === undefined || changed ? now : before.since;
        throttles.set(service.name, { state, granted, ceiling, since });
        const open = service.concurrency === null && granted >= ceiling;
        wanted.set(service.queueName, open ? null : granted);
      }
      await limits.apply(wanted, fence);
    },
  };

  function tell({ name }: MonitoredService, from: number, to: number, reason: string): void {
    logger.info(`${name}: ${from} -> ${to} calls at once: ${reason}`, {
      serviceName: name,
      from,
      to,
      reason,
    });
  }
}

/** Before the first look, and while nobody serves its queue. */
function unseen({ concurrency }: MonitoredService, now: number): ThrottleView {
  const ceiling = concurrency ?? 1;
  return { limit: ceiling, ceiling, baselineMs: null, since: now, reason: 'no worker serves it' };
}

function resumed({ limit, ceiling, baselineMs, since, reason }: ThrottleView): Throttle {
  return { state: { limit, baselineMs, cutAt: since, reason }, granted: limit, ceiling, since };
}

/** Jobs of this queue that the live workers take at once. */
function takenBy(heartbeats: readonly Heartbeat[], queueName: string): number {
  return heartbeats
    .flatMap(({ queues }) => queues)
    .filter(({ queue }) => queue === queueName)
    .reduce((sum, { concurrency }) => sum + concurrency, 0);
}
