/**
 * A circuit breaker (SPEC 3) as a pure state machine: one state per service, moved by `admit` before a call and `settle` after it.
 *
 *     closed --(failure rate, or failures in a row)--> open --(openMs over)--> half-open --(all probes succeed)--> closed
 *                                                        ^------------------------(one probe fails)------/
 *
 * Invariants
 * 1. A ticket belongs to the state that issued it. The outcome of a call begun in an earlier state moves nothing: what was still
 *    on its way when the breaker opened can neither reopen it later nor close it.
 * 2. Half-open lets at most `halfOpenCalls` probes through. A probe that never reports loses its place after `openMs` and another
 *    takes it: half-open cannot wedge.
 * 3. A call that is not admitted costs nothing: no attempt, no place in the window.
 * 4. A clock that jumps back never prolongs a wait: a span that would lie further ahead than it can is over.
 *
 * Why not cockatiel, whose manners the rest of this follows: its half-open admits a single probe where SPEC 3 asks for three,
 * its breakers can't be joined by OR (rate over a window, or failures in a row), and an execution wrapped in a policy throws
 * where this engine must know until when to park the queue.
 */

export type BreakerConfig = {
  /** Opens at this share of failures in the window, 0..1. */
  readonly failureRate: number;
  /** Outcomes remembered. */
  readonly window: number;
  /** The rate counts only from this many outcomes on. */
  readonly minimumCalls: number;
  /** Opens after this many failures in a row as well. */
  readonly consecutiveFailures: number;
  /** How long it stays open; also how long a probe may take to report. */
  readonly openMs: number;
  /** Probes let through half-open, all of which must succeed. */
  readonly halfOpenCalls: number;
};

/** The figures of SPEC 3. */
export const DEFAULT_BREAKER: BreakerConfig = {
  failureRate: 0.5,
  window: 10,
  minimumCalls: 10,
  consecutiveFailures: 5,
  openMs: 60_000,
  halfOpenCalls: 3,
};

/** Look again at a half-open breaker whose probes are all under way: most of them answer long before their lease ends. */
const PROBE_RECHECK_MS = 1000;

type Base = {
  /** Counts the transitions; a ticket of another generation is void. */
  readonly generation: number;
  /** epoch ms of the last transition */
  readonly since: number;
};

/** true: a failure. Oldest first. */
type Outcomes = readonly boolean[];

type Probe = { readonly number: number; readonly begunAt: number };

export type ClosedBreaker = Base & { readonly kind: 'closed'; readonly outcomes: Outcomes };
export type OpenBreaker = Base & {
  readonly kind: 'open';
  readonly until: number;
  /** Why it opened, for operators. */
  readonly reason: string;
};
export type HalfOpenBreaker = Base & {
  readonly kind: 'half-open';
  /** Probes under way. */
  readonly probes: readonly Probe[];
  readonly succeeded: number;
  readonly nextProbe: number;
};
export type BreakerState = ClosedBreaker | OpenBreaker | HalfOpenBreaker;

/** Leave to make one call; to be handed back with its outcome. */
export type Ticket = { readonly generation: number; readonly probe: number | null };

/** `neutral` says nothing about the service's health (it asked for patience, or was never asked). */
export type CallOutcome = 'success' | 'failure' | 'neutral';

export type Admission =
  | { readonly kind: 'admitted'; readonly state: BreakerState; readonly ticket: Ticket }
  /** No call now; ask again at `until`, epoch ms. */
  | {
      readonly kind: 'parked';
      readonly state: BreakerState;
      readonly until: number;
      readonly reason: string;
    };

/** A breaker that has seen nothing yet. */
export function closedBreaker(now: number): BreakerState {
  return closed(0, now);
}

/**
 * May a call be made?
 * @param now epoch ms
 */
export function admit(state: BreakerState, config: BreakerConfig, now: number): Admission {
  switch (state.kind) {
    case 'closed':
      return { kind: 'admitted', state, ticket: { generation: state.generation, probe: null } };
    case 'open':
      return isOver(state.until - config.openMs, config.openMs, now)
        ? admitProbe(halfOpen(state.generation + 1, now), config, now)
        : { kind: 'parked', state, until: state.until, reason: `breaker open: ${state.reason}` };
    case 'half-open':
      return admitProbe(state, config, now);
  }
}

/**
 * Records what became of an admitted call.
 * @returns the same state object where the outcome moves nothing
 */
export function settle(
  state: BreakerState,
  ticket: Ticket,
  outcome: CallOutcome,
  config: BreakerConfig,
  now: number,
): BreakerState {
  if (ticket.generation !== state.generation) return state;
  switch (state.kind) {
    case 'closed':
      return settleCall(state, outcome, config, now);
    case 'open':
      return state;
    case 'half-open':
      return settleProbe(state, ticket, outcome, config, now);
  }
}

function settleCall(
  state: ClosedBreaker,
  outcome: CallOutcome,
  config: BreakerConfig,
  now: number,
): BreakerState {
  if (outcome === 'neutral') return state;
  const kept = Math.max(config.window, config.consecutiveFailures);
  const outcomes = [...state.outcomes, outcome === 'failure'].slice(-kept);
  const reason = reasonToOpen(outcomes, config);
  return reason === null ? { ...state, outcomes } : open(state, reason, config, now);
}

function reasonToOpen(outcomes: Outcomes, config: BreakerConfig): string | null {
  const inRow = outcomes.length - 1 - outcomes.lastIndexOf(false);
  if (inRow >= config.consecutiveFailures) return `${inRow} failures in a row`;
  const window = outcomes.slice(-config.window);
  const failures = window.filter((failed) => failed).length;
  if (window.length < config.minimumCalls) return null;
  if (failures / window.length < config.failureRate) return null;
  return `${failures} of the last ${window.length} calls failed`;
}

function admitProbe(state: HalfOpenBreaker, config: BreakerConfig, now: number): Admission {
  const probes = state.probes.filter((probe) => !isOver(probe.begunAt, config.openMs, now));
  if (probes.length + state.succeeded >= config.halfOpenCalls) {
    const leaseEnds = Math.min(...probes.map((probe) => probe.begunAt + config.openMs));
    const until = Math.min(leaseEnds, now + PROBE_RECHECK_MS);
    return { kind: 'parked', state, until, reason: 'breaker half-open: waiting for its probes' };
  }
  const probe = { number: state.nextProbe, begunAt: now };
  return {
    kind: 'admitted',
    state: { ...state, probes: [...probes, probe], nextProbe: state.nextProbe + 1 },
    ticket: { generation: state.generation, probe: probe.number },
  };
}

function settleProbe(
  state: HalfOpenBreaker,
  ticket: Ticket,
  outcome: CallOutcome,
  config: BreakerConfig,
  now: number,
): BreakerState {
  const probes = state.probes.filter((probe) => probe.number !== ticket.probe);
  // A probe that lost its place to another one: too late to count.
  if (probes.length === state.probes.length) return state;
  if (outcome === 'failure') return open(state, 'a probe failed', config, now);
  if (outcome === 'neutral') return { ...state, probes };
  const succeeded = state.succeeded + 1;
  return succeeded >= config.halfOpenCalls
    ? closed(state.generation + 1, now)
    : { ...state, probes, succeeded };
}

function closed(generation: number, now: number): ClosedBreaker {
  return { kind: 'closed', generation, since: now, outcomes: [] };
}

function open(from: BreakerState, reason: string, config: BreakerConfig, now: number): OpenBreaker {
  return {
    kind: 'open',
    generation: from.generation + 1,
    since: now,
    until: now + config.openMs,
    reason,
  };
}

function halfOpen(generation: number, now: number): HalfOpenBreaker {
  return { kind: 'half-open', generation, since: now, probes: [], succeeded: 0, nextProbe: 0 };
}

/** Has a span begun at `from` passed? A `from` in the future means that the clock was set back: it counts as passed. */
function isOver(from: number, spanMs: number, now: number): boolean {
  return now < from || now >= from + spanMs;
}
