import type { SystemLoadResponse } from '#api/schemas/load.ts';
import { iso } from '#api/views/iso.ts';
import type { LoadView, Rebalance, ServiceLoad } from '#application/ports/load-board.ts';
import { loadTrend, systemFreeCapacity } from '#domain/policy/system-load.ts';

/** The load of the system as API and stream tell it. */
export function loadView({ at, system, services, lastRebalance }: LoadView): SystemLoadResponse {
  return {
    at: iso(at),
    score: system.snapshots.at(-1)?.score ?? null,
    trend: loadTrend(system),
    freeCapacity: systemFreeCapacity(system),
    services: services.map(serviceView),
    lastRebalance: lastRebalance && rebalanceView(lastRebalance),
  };
}

/** What a rebalancing did. */
export function rebalanceView({ requestIds: _requestIds, at, ...figures }: Rebalance) {
  return { ...figures, at: iso(at) };
}

function serviceView({ instances, throttle, ...service }: ServiceLoad) {
  const { limit, ceiling, since, reason } = throttle;
  return {
    ...service,
    concurrency: { limit, ceiling, since: iso(since), reason },
    instances: instances.map(({ reading: _reading, ...instance }) => instance),
  };
}
