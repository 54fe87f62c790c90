import type { CallTally } from '#application/ports/load-board.ts';

/** Counts the calls of this process to one instance. */
export type CallMeter = {
  inFlight: number;
  peakInFlight: number;
  calls: number;
  failures: number;
  latencyMs: number;
};

export function createCallMeter(): CallMeter {
  return { inFlight: 0, peakInFlight: 0, calls: 0, failures: 0, latencyMs: 0 };
}

export function callBegan(meter: CallMeter): void {
  meter.inFlight += 1;
  if (meter.inFlight > meter.peakInFlight) meter.peakInFlight = meter.inFlight;
}

/** @param failed in a way that counts against the service's breaker */
export function callEnded(meter: CallMeter, latencyMs: number, failed: boolean): void {
  meter.inFlight -= 1;
  meter.calls += 1;
  meter.latencyMs += latencyMs;
  if (failed) meter.failures += 1;
}

/** The figures so far; a new peak begins. */
export function takeTally(serviceName: string, instance: string, meter: CallMeter): CallTally {
  const tally = { serviceName, instance, ...meter };
  meter.peakInFlight = meter.inFlight;
  return tally;
}
