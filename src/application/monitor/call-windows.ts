import type { CallTally, Heartbeat } from '#application/ports/load-board.ts';

/** What all processes together saw of one instance since the last look. */
export type CallWindow = {
  readonly serviceName: string;
  readonly instance: string;
  /** Calls that ended. */
  readonly calls: number;
  readonly failures: number;
  /** Mean of the calls whose time can be trusted; null: there are none. */
  readonly latencyMs: number | null;
  readonly inFlight: number;
  /** The peaks of the processes added up: an upper bound. */
  readonly peakInFlight: number;
};

/** A process that busy measures its own waiting, not the service's: its times are left out. */
const TOO_BUSY = 0.9;

/**
 * Turns the running counters of heartbeats into figures of one look.
 *
 * A counter that went back belongs to a process that began anew under the same id, and a process that is seen for the first time
 * may have run for hours: neither has a difference to take, and both count from the next look on.
 */
export function createCallWindows() {
  let before: ReadonlyMap<string, CallTally> = new Map();
  return (heartbeats: readonly Heartbeat[]): readonly CallWindow[] => {
    const seen = new Map<string, CallTally>();
    const windows = new Map<string, CallWindow & { trusted: number; trustedMs: number }>();
    for (const { processId, calls, loopUtilization, loopDelayMs } of heartbeats) {
      for (const tally of calls) {
        const key = `${processId} ${tally.instance} ${tally.serviceName}`;
        seen.set(key, tally);
        const { ended, failures, latencyMs } = difference(tally, before.get(key));
        const trusted = loopUtilization < TOO_BUSY ? ended : 0;
        const own = emptyOr(windows.get(`${tally.serviceName} ${tally.instance}`), tally);
        windows.set(`${tally.serviceName} ${tally.instance}`, {
          ...own,
          calls: own.calls + ended,
          failures: own.failures + failures,
          inFlight: own.inFlight + tally.inFlight,
          peakInFlight: own.peakInFlight + tally.peakInFlight,
          trusted: own.trusted + trusted,
          // an answer waits for the event loop before its time is taken
          trustedMs: own.trustedMs + Math.max(0, trusted && latencyMs - trusted * loopDelayMs),
        });
      }
    }
    before = seen;
    return [...windows.values()].map(({ trusted, trustedMs, ...window }) => ({
      ...window,
      latencyMs: trusted === 0 ? null : trustedMs / trusted,
    }));
  };
}

/** Several instances as one service. */
export function sumOfWindows(
  windows: readonly CallWindow[],
): Omit<CallWindow, 'instance' | 'serviceName'> {
  let [calls, failures, inFlight, peakInFlight, timed, totalMs] = [0, 0, 0, 0, 0, 0];
  for (const window of windows) {
    calls += window.calls;
    failures += window.failures;
    inFlight += window.inFlight;
    peakInFlight += window.peakInFlight;
    if (window.latencyMs === null) continue;
    timed += window.calls;
    totalMs += window.latencyMs * window.calls;
  }
  const latencyMs = timed === 0 ? null : totalMs / timed;
  return { calls, failures, latencyMs, inFlight, peakInFlight };
}

function difference(now: CallTally, before: CallTally | undefined) {
  if (before === undefined || now.calls < before.calls) {
    return { ended: 0, failures: 0, latencyMs: 0 };
  }
  return {
    ended: now.calls - before.calls,
    failures: Math.max(0, now.failures - before.failures),
    latencyMs: Math.max(0, now.latencyMs - before.latencyMs),
  };
}

function emptyOr<T>(window: T | undefined, { serviceName, instance }: CallTally) {
  const none = { calls: 0, failures: 0, latencyMs: null, inFlight: 0, peakInFlight: 0 };
  return window ?? { serviceName, instance, ...none, trusted: 0, trustedMs: 0 };
}
