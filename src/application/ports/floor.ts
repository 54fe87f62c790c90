import type { BreakerStatus } from '#application/ports/service-caller.ts';
import type { ClosedService } from '#domain/policy/look-ahead.ts';

/** How the services are, as far as that decides what may be released. */
export type FloorState = {
  /** Newest load of the system; null: nobody measures it now. */
  readonly load: { readonly score: number; readonly errorRate: number } | null;
  /** Breakers that are not closed, one per service. */
  readonly breakers: readonly BreakerStatus[];
  /** Services that take no calls now. */
  readonly closed: readonly ClosedService[];
};

export interface Floor {
  /** Never throws: what can't be asked is not known. */
  read(): Promise<FloorState>;
}
