import type { CallWindow } from '#application/monitor/call-windows.ts';
import type { MonitoredService } from '#application/monitor/monitored-service.ts';
import type { LoadProbe } from '#application/ports/load-probe.ts';
import type { Logger } from '#application/ports/logger.ts';
import { loadMetrics, type LoadMetrics, type LoadReading } from '#domain/policy/load-score.ts';
import { measuredReading } from '#domain/policy/measured-load.ts';

/** A reading counts this long; then its instance is unknown (and a decision that hung on it ends). */
const READING_STALE_MS = 15_000;

/** Clocks of other machines may be ahead by this much before a reading is from the future. */
const CLOCK_TOLERANCE_MS = 2000;

/** Weight of the newest look in what is measured. */
const NEWEST = 0.3;

export type KnownReading = {
  readonly source: 'reported' | 'measured';
  readonly metrics: LoadMetrics;
};

/** What measurements need to know of a service beside its calls. */
export type ServiceSituation = {
  readonly ceiling: number;
  readonly baselineMs: number | null;
  readonly queueDepth: number;
  /** Some worker serves its queue: what is not called is idle, not unseen. */
  readonly served: boolean;
  /** Its breaker holds calls back: the failures that opened it are still the latest news. */
  readonly heldBack: boolean;
};

type Measured = {
  readonly latencyMs: number | null;
  readonly errorRate: number;
  readonly inFlight: number;
  /** When calls last ended, ms. */
  readonly at: number;
};

/**
 * The latest figures of every instance, in memory of the monitor that leads.
 *
 * A figure that can't be (NaN, negative, of the wrong range), is older than READING_STALE_MS or from the future is dropped: the
 * reading before it holds until it is stale itself. Nothing is ever filled in for an instance that should report and does not.
 */
export function createInstanceReadings(parts: {
  readonly probe: LoadProbe;
  readonly logger: Logger;
}) {
  const { probe, logger } = parts;
  const reported = new Map<string, LoadMetrics>();
  const measured = new Map<string, Measured>();
  const silent = new Set<string>();

  function note(serviceName: string, url: string, fault: string | null): void {
    const key = `${serviceName} ${url}`;
    if (fault === null) {
      if (silent.delete(key)) logger.info(`load of ${serviceName} at ${url} is reported again`);
    } else if (!silent.has(key)) {
      silent.add(key);
      const message = `load of ${serviceName} at ${url} dropped: ${fault}`;
      logger.warn(`${message}; it is unknown once its last reading is ${READING_STALE_MS} ms old`, {
        serviceName,
      });
    }
  }

  return {
    /** Asks all instances that report, at the same time; takes as long as the slowest may. */
    async ask(services: readonly MonitoredService[], now: () => number): Promise<void> {
      const asked = services
        .filter((service) => service.reportsLoad)
        .flatMap(({ name, instances }) => instances.map((url) => ({ name, url })));
      await Promise.all(
        asked.map(async ({ name, url }) => {
          const answer = await probe.probe(name, url);
          const metrics = answer.kind === 'reading' ? usable(answer.reading, now()) : answer.reason;
          if (typeof metrics === 'string') return note(name, url, metrics);
          note(name, url, null);
          reported.set(`${name} ${url}`, metrics);
        }),
      );
    },

    /** Takes in what was seen of calls since the look before. */
    observe(windows: readonly CallWindow[], now: number): void {
      for (const { serviceName, instance, calls, failures, latencyMs, inFlight } of windows) {
        const key = `${serviceName} ${instance}`;
        const before = measured.get(key);
        if (calls === 0) {
          if (before) measured.set(key, { ...before, inFlight });
          else measured.set(key, { latencyMs: null, errorRate: 0, inFlight, at: now });
          continue;
        }
        const errorRate = failures / calls;
        measured.set(key, {
          latencyMs:
            latencyMs === null ? (before?.latencyMs ?? null) : blend(before?.latencyMs, latencyMs),
          errorRate: blend(before?.errorRate, errorRate),
          inFlight,
          at: now,
        });
      }
    },

    /** The latest reading of an instance that still counts; null: unknown. */
    of(
      service: MonitoredService,
      url: string,
      situation: ServiceSituation,
      now: number,
    ): KnownReading | null {
      if (service.reportsLoad) {
        const metrics = reported.get(`${service.name} ${url}`);
        return metrics && isFresh(metrics.timestamp, now) ? { source: 'reported', metrics } : null;
      }
      if (!situation.served) return null;
      const seen = measured.get(`${service.name} ${url}`);
      const isNews = seen && (situation.heldBack || now - seen.at <= READING_STALE_MS);
      const metrics = loadMetrics(
        measuredReading(
          {
            serviceName: service.name,
            url,
            latencyMs: isNews ? seen.latencyMs : null,
            baselineMs: situation.baselineMs,
            errorRate: isNews ? seen.errorRate : 0,
            inFlight: seen?.inFlight ?? 0,
            ceiling: situation.ceiling / service.instances.length,
            queueDepth: situation.queueDepth / service.instances.length,
          },
          now,
        ),
      );
      return 'kind' in metrics ? null : { source: 'measured', metrics };
    },
  };
}

/** @returns what is wrong with it, when it can't be used */
function usable(reading: LoadReading, now: number): LoadMetrics | string {
  const metrics = loadMetrics(reading);
  if ('kind' in metrics) return metrics.reason;
  const ageMs = now - reading.timestamp;
  if (-ageMs > CLOCK_TOLERANCE_MS) return `its time lies ${-ageMs} ms in the future`;
  return isFresh(reading.timestamp, now) ? metrics : `its time lies ${ageMs} ms back`;
}

function isFresh(at: number, now: number): boolean {
  return now - at <= READING_STALE_MS;
}

function blend(before: number | null | undefined, newest: number): number {
  return before === null || before === undefined ? newest : before + NEWEST * (newest - before);
}
