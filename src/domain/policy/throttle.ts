/**
 * How many calls at once a service gets, over all processes: a limit between 1 and a ceiling that follows what the service can take.
 *
 * The rule is AIMD (Chiu and Jain 1989: additive increase, multiplicative decrease converges to a fair and efficient share) with the
 * delay signal of TCP Vegas (Brakmo and Peterson 1994: a round trip longer than the shortest one means a queue) in the shape of the
 * gradient limit of Netflix' concurrency-limits (2018): see docs/adr/0015-throttle-by-gradient.md.
 *
 * Invariants
 * 1. 1 <= limit <= ceiling, whatever the signals are.
 * 2. One cut per round trip: the effect of a cut is awaited before the next one.
 * 3. Where there is no evidence (no calls, no measurements, a limit that nobody uses up) the limit holds for HOLD_MS after the last
 *    cut, then goes back to the ceiling step by step.
 */
import { OVERLOADED_AT } from '#domain/policy/load-score.ts';

export type ThrottleState = {
  /** Not rounded: see `grantedCalls`. */
  readonly limit: number;
  /** Latency of the service when nobody presses it, ms; null: not known yet. */
  readonly baselineMs: number | null;
  /** epoch ms of the last cut; 0: there was none. */
  readonly cutAt: number;
  /** Why the limit is what it is, for people. */
  readonly reason: string;
};

/** What was seen of a service since the last look. */
export type ThrottleSignal = {
  /** Calls that ended, and how many of them failed in a way that speaks of the service's health. */
  readonly calls: number;
  readonly failures: number;
  /** Mean over these calls; null: there are none, or their times can't be trusted. */
  readonly latencyMs: number | null;
  /** Most calls under way at a time, over all processes. */
  readonly peakInFlight: number;
  /** Load of the service's instances: score 0..100, error rate 0..1; null: unknown. */
  readonly score: number | null;
  readonly errorRate: number | null;
  readonly breaker: BreakerSignal;
};

export type BreakerSignal =
  /** closedAt: when it closed after an outage, epoch ms; null: it never opened. */
  | { readonly kind: 'closed'; readonly closedAt: number | null }
  | { readonly kind: 'open' | 'half-open' };

/** Calls at once that a service gets while it is canaried (SPEC 4: overloaded, or half of its calls fail). */
const CANARY_CALLS = 1;
const CANARY_ERROR_RATE = 0.5;

/** Calls that a half-open breaker lets through (SPEC 3), and over how long the limit rises again once it closes. */
const PROBES = 3;
export const RAMP_MS = 30_000;

/** A latency up to this multiple of the baseline is noise and a healthy queue; so is a difference of this many ms. */
const TOLERANCE = 2;
const TOLERATED_MS = 10;
/** The most that one look cuts for latency, and what it cuts for failures. */
const LARGEST_CUT = 0.5;
const FAILURE_CUT = 0.7;
/** Failures below this share are for retries to deal with. */
const TOLERATED_FAILURES = 0.1;

/** How long a limit holds after a cut where nothing shows that it could be higher. */
const HOLD_MS = 15_000;

/** The baseline goes down fast and up slowly: a service that is slower for good is taken for normal after some five minutes. */
const BASELINE_DOWN = 0.5;
const BASELINE_UP = 0.002;

/** Calls that one look must have seen to cut for failures or latency: a single slow call is an anecdote. */
const FEW_CALLS = 3;

/** The state of a service of which nothing is known: it gets all it may have. */
export function unthrottled(ceiling: number): ThrottleState {
  return { limit: ceiling, baselineMs: null, cutAt: 0, reason: 'no pressure' };
}

/** The limit as a number of calls. */
export function grantedCalls(state: ThrottleState): number {
  return Math.floor(state.limit);
}

/**
 * The state under another ceiling. A limit that was as high as it might be, and that nothing has cut lately, goes up with it at once:
 * only the lack of workers spoke against more. A cut one goes by the evidence, as ever.
 * @param before the ceiling until now
 */
export function underCeiling(
  state: ThrottleState,
  before: number,
  ceiling: number,
  now: number,
): ThrottleState {
  const wasOpen = state.limit >= before && !isHeld(state, now);
  return wasOpen ? { ...state, limit: Math.max(state.limit, ceiling) } : state;
}

/**
 * The limit after one look, about a second after the one before.
 * @param ceiling the most calls at once that the service may ever get; at least 1
 * @param now epoch ms
 */
export function nextThrottle(
  state: ThrottleState,
  signal: ThrottleSignal,
  ceiling: number,
  now: number,
): ThrottleState {
  const seen = observe(state, signal);
  const next = decide(seen, signal, ceiling, now);
  return { ...next, limit: within(next.limit, ceiling) };
}

function decide(
  state: ThrottleState,
  signal: ThrottleSignal,
  ceiling: number,
  now: number,
): ThrottleState {
  const { breaker } = signal;
  if (breaker.kind !== 'closed') {
    return { ...state, limit: PROBES, reason: `breaker ${breaker.kind}: canaries only` };
  }
  const canary = canaryReason(signal);
  if (canary !== null) return { ...state, limit: CANARY_CALLS, cutAt: now, reason: canary };
  const next = followEvidence(state, signal, ceiling, now);
  const cap = rampCap(breaker.closedAt, ceiling, now);
  return cap === null || next.limit <= cap
    ? next
    : { ...next, limit: cap, reason: 'ramp after an outage' };
}

/** Why a service gets canary calls only (SPEC 4), for people; null: it need not be so careful. */
export function canaryReason({
  score,
  errorRate,
}: Pick<ThrottleSignal, 'score' | 'errorRate'>): string | null {
  if (score !== null && score >= OVERLOADED_AT) return `canaries only: load score ${score}`;
  if (errorRate === null || errorRate < CANARY_ERROR_RATE) return null;
  return `canaries only: ${Math.round(errorRate * 100)} % of the calls fail`;
}

function followEvidence(
  state: ThrottleState,
  signal: ThrottleSignal,
  ceiling: number,
  now: number,
): ThrottleState {
  const cut = cutOf(state, signal);
  if (cut !== null) {
    if (!mayCut(state, signal, now)) return state;
    return { ...state, limit: state.limit * cut.factor, cutAt: now, reason: cut.reason };
  }
  if (state.limit >= ceiling) return { ...state, reason: 'no pressure' };
  const raised = state.limit + Math.sqrt(state.limit);
  if (signal.calls > 0 && isUsed(state, signal)) {
    return { ...state, limit: raised, reason: 'the service keeps up' };
  }
  return isHeld(state, now)
    ? state
    : { ...state, limit: raised, reason: 'no pressure for a while' };
}

/** Was it cut so lately that more would need evidence? */
function isHeld({ cutAt }: ThrottleState, now: number): boolean {
  return now - cutAt <= HOLD_MS && now >= cutAt;
}

/** A limit of which not even half is used was not tried: neither good nor bad times are its doing. */
function isUsed(state: ThrottleState, { peakInFlight }: ThrottleSignal): boolean {
  return peakInFlight >= Math.floor(state.limit) / 2;
}

type Cut = { readonly factor: number; readonly reason: string };

function cutOf(state: ThrottleState, signal: ThrottleSignal): Cut | null {
  const { baselineMs } = state;
  const { calls, failures, latencyMs, peakInFlight } = signal;
  if (calls < Math.min(FEW_CALLS, Math.max(1, peakInFlight))) return null;
  if (failures / calls >= TOLERATED_FAILURES) {
    return { factor: FAILURE_CUT, reason: `${failures} of ${calls} calls failed` };
  }
  if (latencyMs === null || baselineMs === null || !isUsed(state, signal)) return null;
  const tolerated = Math.max(TOLERANCE * baselineMs, baselineMs + TOLERATED_MS);
  if (latencyMs <= tolerated) return null;
  const factor = Math.max(LARGEST_CUT, tolerated / latencyMs);
  const times = (latencyMs / Math.max(1, baselineMs)).toFixed(1);
  return { factor, reason: `latency is ${times} times its baseline` };
}

/** The calls that are under way were begun before the last cut for about one latency. */
function mayCut(state: ThrottleState, { latencyMs }: ThrottleSignal, now: number): boolean {
  return now < state.cutAt || now - state.cutAt >= (latencyMs ?? 0);
}

function observe(state: ThrottleState, signal: ThrottleSignal): ThrottleState {
  if (signal.calls === 0) return state;
  const { latencyMs, calls, failures } = signal;
  // failures answer fast, or after a time-out: neither is how long the work takes
  const tells = latencyMs !== null && failures / calls < TOLERATED_FAILURES;
  const baselineMs = tells ? nextBaseline(state.baselineMs, latencyMs) : state.baselineMs;
  return { ...state, baselineMs };
}

function nextBaseline(baselineMs: number | null, latencyMs: number): number {
  if (baselineMs === null) return latencyMs;
  const share = latencyMs < baselineMs ? BASELINE_DOWN : BASELINE_UP;
  return baselineMs + share * (latencyMs - baselineMs);
}

/** null: no ramp. A breaker that closed in the future was set so by a clock that went back: no ramp either. */
function rampCap(closedAt: number | null, ceiling: number, now: number): number | null {
  if (closedAt === null || now < closedAt || now >= closedAt + RAMP_MS) return null;
  return PROBES + ((ceiling - PROBES) * (now - closedAt)) / RAMP_MS;
}

function within(limit: number, ceiling: number): number {
  return Number.isFinite(limit) ? Math.min(Math.max(limit, 1), Math.max(ceiling, 1)) : 1;
}
