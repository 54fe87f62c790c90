import type { WavelessResponse } from '#api/schemas/waveless.ts';
import { iso, isoOrNull } from '#api/views/iso.ts';
import type { WavelessOverview } from '#application/orchestration.ts';

/** GET /orchestration/waveless. */
export function wavelessView({
  at,
  backlog,
  releasers,
  lanes,
}: WavelessOverview): WavelessResponse {
  return {
    timestamp: iso(at),
    backlog: { ...backlog },
    releasers:
      releasers?.map((view) => ({
        group: view.group,
        batchSize: view.batchSize,
        intervalMs: view.intervalMs,
        why: view.why,
        pausedSince: isoOrNull(view.paused?.since ?? null),
        closedServices: view.closed.map(({ serviceName, why, since, until }) => ({
          serviceName,
          why,
          since: iso(since),
          until: isoOrNull(until),
        })),
        timestamp: iso(view.at),
      })) ?? null,
    lanes: lanes.map(({ lane, cap, weight, inFlight, waiting, oldestAt }) => ({
      lane,
      cap,
      weight,
      inFlight,
      waiting: { ...waiting },
      oldestWaitingSince: isoOrNull(oldestAt),
    })),
  };
}
