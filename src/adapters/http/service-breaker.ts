import type { BreakerStatus, CallResult } from '#application/ports/service-caller.ts';
import {
  admit,
  closedBreaker,
  settle,
  type Admission,
  type BreakerConfig,
  type BreakerState,
  type CallOutcome,
  type Ticket,
} from '#domain/policy/circuit-breaker.ts';

/** A breaker went from one state to another. */
export type BreakerChange = {
  readonly serviceName: string;
  readonly from: BreakerState['kind'];
  readonly to: BreakerState['kind'];
  /** epoch ms */
  readonly at: number;
  /** Why it opened, and until when (epoch ms); null unless it did. */
  readonly reason: string | null;
  readonly openUntil: number | null;
};

/** The breaker of one service: holds the state, tells of its changes. */
export class ServiceBreaker {
  readonly #serviceName: string;
  readonly #config: BreakerConfig;
  readonly #onChange: (change: BreakerChange) => void;
  #state: BreakerState;

  constructor(
    serviceName: string,
    config: BreakerConfig,
    now: number,
    onChange: (change: BreakerChange) => void,
  ) {
    this.#serviceName = serviceName;
    this.#config = config;
    this.#onChange = onChange;
    this.#state = closedBreaker(now);
  }

  admit(now: number): Admission {
    const admission = admit(this.#state, this.#config, now);
    this.#become(admission.state, now);
    return admission;
  }

  settle(ticket: Ticket, outcome: CallOutcome, now: number): void {
    this.#become(settle(this.#state, ticket, outcome, this.#config, now), now);
  }

  status(): BreakerStatus {
    const { kind, since } = this.#state;
    const openUntil = this.#state.kind === 'open' ? this.#state.until : null;
    return { serviceName: this.#serviceName, state: kind, since, openUntil };
  }

  #become(next: BreakerState, now: number): void {
    const from = this.#state.kind;
    this.#state = next;
    if (from === next.kind) return;
    const { reason, until } = next.kind === 'open' ? next : { reason: null, until: null };
    this.#onChange({
      serviceName: this.#serviceName,
      from,
      to: next.kind,
      at: now,
      reason,
      openUntil: until,
    });
  }
}

/**
 * What a call says of the service's health. Failures worth a retry count against it; an answer that refuses the request is an
 * answer all the same. 429 asks for patience, and a request that never left for a fault of its own says nothing.
 */
export function breakerOutcome(result: CallResult): CallOutcome {
  if (result.kind === 'replied') return 'success';
  if (result.kind === 'parked' || result.status === 429) return 'neutral';
  if (result.recoverable) return 'failure';
  return result.status === null ? 'neutral' : 'success';
}
