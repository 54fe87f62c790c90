import type { BreakerStatus } from '#application/ports/service-caller.ts';

/**
 * Where the processes tell one another of their breakers. Each process calls services itself and trusts its own breakers only;
 * but who asks how the engine is asks a process that calls nobody.
 */
export type BreakerBoard = {
  /** Takes note of the new state of a breaker of this process. What can't be noted now is lost: nothing hangs on it. */
  report(status: BreakerStatus): Promise<void>;
  /** What other processes, and this one, reported of breakers that are not closed; nothing while the board can't be read. */
  read(): Promise<readonly BreakerStatus[]>;
};
