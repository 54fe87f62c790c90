import { BusUnavailableError } from '#application/ports/event-bus.ts';
import type { LeaderLease } from '#application/ports/leader-lease.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { RelayTerm } from '#application/relay/relay-term.ts';

/** While the bus or the store is away it is tried this often. */
const OUTAGE_PAUSE_MS = 1000;

export type RunRelayParts = {
  readonly lease: LeaderLease;
  /** false: this process leads enough else, and leaves this to another. By default it never does. */
  readonly mayLead?: () => boolean;
  /** Takes the relay over; null: not yet, somebody else has to do something first. */
  readonly begin: () => Promise<RelayTerm | null>;
  /** How often the log is looked at when all is published. */
  readonly intervalMs: number;
  /** Resolves after this long, or when the signal is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly logger: Logger;
};

/**
 * Publishes what the log gets, while this process leads, until the signal is aborted.
 *
 * The lease says who should lead; the claim of the cursor says who does. A term ends when the lease is lost or was taken anew, or
 * when somebody else has claimed the cursor. Whatever fails leaves the term as it was: the same page is published again.
 */
export async function runRelay(parts: RunRelayParts, signal: AbortSignal): Promise<void> {
  const { lease, begin, intervalMs, pause, logger, mayLead = () => true } = parts;
  let led: { readonly lease: number; readonly term: RelayTerm } | null = null;
  let failing = false;

  while (!signal.aborted) await pause(await turn(), signal);
  await lease.release();

  /** @returns how long to pause, ms */
  async function turn(): Promise<number> {
    if (!mayLead()) {
      if (led !== null) await lease.release();
      led = null;
      return intervalMs;
    }
    const number = await lease.acquire();
    if (led !== null && led.lease !== number) led = null;
    if (number === null) return intervalMs;
    try {
      const term = led?.term ?? (await begin());
      if (term === null) return OUTAGE_PAUSE_MS;
      led = { lease: number, term };
      const outcome = await term.publishNext();
      if (failing) logger.info('events go out again');
      failing = false;
      if (outcome === 'more') return 0;
      if (outcome === 'idle') return intervalMs;
      led = null;
      logger.warn('another process has taken the relay over');
      return OUTAGE_PAUSE_MS; // two that both hold a lease would otherwise take it from each other for ever
    } catch (error) {
      tellOutage(error);
      return OUTAGE_PAUSE_MS;
    }
  }

  function tellOutage(error: unknown): void {
    if (failing) return;
    failing = true;
    if (error instanceof BusUnavailableError) {
      logger.warn('events wait in the log: the bus can not take them', { error });
    } else logger.error('events wait in the log: the relay fails', { error });
  }
}
