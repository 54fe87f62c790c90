import type { BreakerStatus } from '#application/ports/service-caller.ts';
import type { BreakerState } from '#domain/policy/circuit-breaker.ts';

/** What the processes have agreed on about their breakers, for whoever asks how the engine is. */
export type BreakerBoard = {
  /**
   * The breakers as of now; services whose breaker never opened are absent. One that is over its time and that nobody has called
   * since is half-open: it would let the next call through. Nothing while the board can't be read.
   */
  read(): Promise<readonly BreakerStatus[]>;
};

export type Replacement =
  | { readonly kind: 'replaced' }
  /** Somebody was first: this is the state now; null: there is none. Nothing was written. */
  | { readonly kind: 'other'; readonly current: BreakerState | null }
  /** The register can't be reached: nothing is known of the write. */
  | { readonly kind: 'away' };

/**
 * One state per service for all processes, moved by compare-and-set: what a breaker does is decided by the rules of
 * `src/domain/policy/circuit-breaker.ts` alone, here it is only agreed on. The outcomes that a closed breaker remembers are each
 * process's own and not kept here. No method throws.
 */
export interface BreakerRegister {
  /** null: it can't be reached. */
  readAll(): Promise<ReadonlyMap<string, BreakerState> | null>;
  /** @param expected as read or written last; null: there is none */
  replace(
    serviceName: string,
    expected: BreakerState | null,
    next: BreakerState,
  ): Promise<Replacement>;
}

/** For a process that stands alone. */
export const NO_REGISTER: BreakerRegister = {
  readAll: () => Promise.resolve(null),
  replace: () => Promise.resolve({ kind: 'away' }),
};
