import type { BreakerStatus } from '#application/ports/service-caller.ts';

const SEVERITY: Readonly<Record<BreakerStatus['state'], number>> = {
  closed: 0,
  'half-open': 1,
  open: 2,
};

/**
 * One status per service out of the breakers of many processes: the worst, of two that are open the one that stays so longer, and of
 * two that are alike the one that came to it last: a process that has just been started knows of no outage before.
 * @returns services in the order in which they first appear
 */
export function worstBreakers(statuses: readonly BreakerStatus[]): readonly BreakerStatus[] {
  const worst = new Map<string, BreakerStatus>();
  for (const status of statuses) {
    const known = worst.get(status.serviceName);
    if (known === undefined || isWorse(status, known)) worst.set(status.serviceName, status);
  }
  return [...worst.values()];
}

function isWorse(a: BreakerStatus, b: BreakerStatus): boolean {
  const difference =
    SEVERITY[a.state] - SEVERITY[b.state] ||
    (a.openUntil ?? 0) - (b.openUntil ?? 0) ||
    a.since - b.since;
  return difference > 0;
}
