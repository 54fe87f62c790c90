import type { BreakerBoard } from '#application/ports/breaker-board.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { Floor } from '#application/ports/floor.ts';
import {
  currentView,
  type LoadBoard,
  type LoadView,
  type ServiceLoad,
} from '#application/ports/load-board.ts';
import type { BreakerStatus } from '#application/ports/service-caller.ts';
import { worstBreakers } from '#application/worst-breakers.ts';
import { OVERLOADED_AT } from '#domain/policy/load-score.ts';
import type { ClosedService } from '#domain/policy/look-ahead.ts';

/**
 * The state of the floor, from the boards of the monitor and of the breakers. What the monitor said last holds as long as it is
 * current, also where Redis was wiped since: a critical load does not end by that.
 */
export function createFloor(parts: {
  readonly loadBoard: Pick<LoadBoard, 'view'>;
  readonly breakerBoard: Pick<BreakerBoard, 'read'>;
  readonly clock: Clock;
}): Floor {
  let known: LoadView | null = null;
  return {
    async read() {
      const [latest, reported] = await Promise.all([
        parts.loadBoard.view(),
        parts.breakerBoard.read(),
      ]);
      const now = parts.clock.now();
      known = latest ?? known;
      const view = currentView(known, now);
      const newest = view?.system.snapshots.at(-1);
      const breakers = worstBreakers(reported);
      return {
        load: newest ? { score: newest.score, errorRate: newest.errorRate } : null,
        breakers,
        closed: [
          ...breakers.filter((breaker) => isShut(breaker, now)).map(shutBreaker),
          ...(view?.services ?? []).filter(isOverloaded).map((service) => ({
            serviceName: service.serviceName,
            why: `overloaded (load ${Math.round(service.score ?? 0)})`,
            since: view?.at ?? now,
            until: null,
          })),
        ],
      };
    },
  };
}

/**
 * An open breaker whose time has come waits for the next call to probe the service. If orders were kept back from it then, nobody
 * might ever call: it counts as open to them.
 */
function isShut({ state, openUntil }: BreakerStatus, now: number): boolean {
  return state === 'open' && (openUntil === null || openUntil > now);
}

function shutBreaker({ serviceName, since, openUntil }: BreakerStatus): ClosedService {
  return { serviceName, why: 'its breaker is open', since, until: openUntil };
}

/** The service as a whole: while one instance of several is, the others take its calls. */
function isOverloaded({ score }: ServiceLoad): boolean {
  return score !== null && score >= OVERLOADED_AT;
}
