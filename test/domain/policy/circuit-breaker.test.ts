import test from 'ava';
import fc from 'fast-check';
import {
  admit,
  closedBreaker,
  DEFAULT_BREAKER,
  settle,
  type Admission,
  type BreakerState,
  type CallOutcome,
  type Ticket,
} from '#domain/policy/circuit-breaker.ts';

const OPEN_MS = DEFAULT_BREAKER.openMs;

function admitted(state: BreakerState, now: number): Extract<Admission, { kind: 'admitted' }> {
  const admission = admit(state, DEFAULT_BREAKER, now);
  if (admission.kind !== 'admitted') throw new Error(`parked until ${admission.until}`);
  return admission;
}

function settled(state: BreakerState, ticket: Ticket, outcome: CallOutcome, now: number) {
  return settle(state, ticket, outcome, DEFAULT_BREAKER, now);
}

/** Runs calls one after the other: `+` success, `-` failure, `0` neutral. */
function run(outcomes: string, from: BreakerState = closedBreaker(0), now = 0): BreakerState {
  let state = from;
  for (const sign of outcomes) {
    const call = admitted(state, now);
    state = settled(call.state, call.ticket, outcomeOf(sign), now);
  }
  return state;
}

function outcomeOf(sign: string): CallOutcome {
  if (sign === '0') return 'neutral';
  return sign === '+' ? 'success' : 'failure';
}

/** Opened at 0 and past its pause: the next admitted call is a probe. */
function probing(count: number): { state: BreakerState; tickets: Ticket[] } {
  let state = run('-----');
  const tickets: Ticket[] = [];
  for (let probe = 0; probe < count; probe += 1) {
    const call = admitted(state, OPEN_MS);
    state = call.state;
    tickets.push(call.ticket);
  }
  return { state, tickets };
}

for (const [outcomes, kind] of [
  ['----', 'closed'],
  ['-----', 'open'],
  ['----+----', 'closed'],
  ['----0-', 'open'],
  ['+-+-+-+-+', 'closed'],
  ['+-+-+-+-+-', 'open'],
  ['++-+-+-+-+', 'closed'],
  ['-+-+-+-+-+', 'open'],
  ['++++++----', 'closed'],
  ['+++++++++----', 'closed'],
  ['-+-+-+++++-+-+', 'closed'],
  ['0000000000', 'closed'],
] as const) {
  test(`after ${outcomes} it is ${kind}`, (t) => {
    t.is(run(outcomes).kind, kind);
  });
}

test('an open breaker parks every call until its pause is over', (t) => {
  const state = run('-----', closedBreaker(0), 500);
  t.like(admit(state, DEFAULT_BREAKER, 500), { kind: 'parked', until: 500 + OPEN_MS });
  t.like(admit(state, DEFAULT_BREAKER, 499 + OPEN_MS), { kind: 'parked', until: 500 + OPEN_MS });
  t.is(admit(state, DEFAULT_BREAKER, 500 + OPEN_MS).kind, 'admitted');
});

test('half-open lets three probes through, and closes when all three succeed', (t) => {
  const { state, tickets } = probing(3);
  t.is(admit(state, DEFAULT_BREAKER, OPEN_MS).kind, 'parked');
  const [first, second, third] = tickets as [Ticket, Ticket, Ticket];
  let next = settled(state, second, 'success', OPEN_MS + 1);
  next = settled(next, first, 'success', OPEN_MS + 2);
  t.is(next.kind, 'half-open');
  t.is(admit(next, DEFAULT_BREAKER, OPEN_MS + 2).kind, 'parked');
  next = settled(next, third, 'success', OPEN_MS + 3);
  t.like(next, { kind: 'closed', since: OPEN_MS + 3 });
  t.is(run('----', next).kind, 'closed');
});

test('one failed probe opens it again for the full time, and the other probes no longer count', (t) => {
  const { state, tickets } = probing(3);
  const [first, second, third] = tickets as [Ticket, Ticket, Ticket];
  const reopened = settled(state, second, 'failure', OPEN_MS + 7);
  t.like(reopened, { kind: 'open', until: OPEN_MS + 7 + OPEN_MS });
  t.is(settled(reopened, first, 'success', OPEN_MS + 8), reopened);
  t.is(settled(reopened, third, 'failure', OPEN_MS + 9), reopened);
});

test('a neutral probe gives its place back', (t) => {
  const { state, tickets } = probing(3);
  const next = settled(state, tickets[0] as Ticket, 'neutral', OPEN_MS);
  t.is(admit(next, DEFAULT_BREAKER, OPEN_MS).kind, 'admitted');
});

test('a probe that never reports loses its place, and its late outcome does not count', (t) => {
  const { state, tickets } = probing(3);
  const lost = 2 * OPEN_MS;
  t.is(admit(state, DEFAULT_BREAKER, lost - 1).kind, 'parked');
  const successor = admitted(state, lost);
  const late = settled(successor.state, tickets[0] as Ticket, 'failure', lost);
  t.is(late, successor.state);
});

test('while probes are under way a parked call is told to look again within a second', (t) => {
  const { state } = probing(3);
  t.like(admit(state, DEFAULT_BREAKER, OPEN_MS + 10), { until: OPEN_MS + 1010 });
  t.like(admit(state, DEFAULT_BREAKER, 2 * OPEN_MS - 10), { until: 2 * OPEN_MS });
});

test('calls begun before it opened can neither close nor reopen it', (t) => {
  const early = admitted(closedBreaker(0), 0);
  const opened = run('-----', early.state);
  t.is(settled(opened, early.ticket, 'success', 1), opened);
  const probe = admitted(opened, OPEN_MS);
  t.is(settled(probe.state, early.ticket, 'failure', OPEN_MS), probe.state);
  let state = probe.state;
  state = settled(state, probe.ticket, 'success', OPEN_MS);
  state = run('++', state, OPEN_MS);
  t.is(state.kind, 'closed');
  t.is(settled(state, early.ticket, 'failure', OPEN_MS), state);
});

test('a clock that is set back does not keep it open', (t) => {
  const state = run('-----', closedBreaker(0), 10 * OPEN_MS);
  t.is(admit(state, DEFAULT_BREAKER, 3).kind, 'admitted');
});

/** A history of what may happen to a breaker: time passes, calls begin, calls end in any order with any outcome, or never. */
const history = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: OPEN_MS }) }),
    fc.record({ kind: fc.constant('begin' as const) }),
    fc.record({
      kind: fc.constant('end' as const),
      which: fc.nat(20),
      outcome: fc.constantFrom<CallOutcome>('success', 'failure', 'neutral'),
    }),
  ),
  { maxLength: 200 },
);

test('whatever happens: never more than three probes at once, a parked call is due in the future, and it heals', (t) => {
  fc.assert(
    fc.property(history, (steps) => {
      let state = closedBreaker(0);
      let now = 0;
      const running: Ticket[] = [];
      for (const step of steps) {
        if (step.kind === 'wait') now += step.ms;
        if (step.kind === 'begin') {
          const admission = admit(state, DEFAULT_BREAKER, now);
          state = admission.state;
          if (admission.kind === 'admitted') running.push(admission.ticket);
          else t.true(admission.until > now && admission.until <= now + OPEN_MS);
        }
        if (step.kind === 'end' && running.length > 0) {
          const [ticket] = running.splice(step.which % running.length, 1);
          if (ticket) state = settled(state, ticket, step.outcome, now);
        }
        if (state.kind === 'half-open') {
          t.true(state.probes.length + state.succeeded <= DEFAULT_BREAKER.halfOpenCalls);
        }
      }
      // From any state three good calls after a pause, at most, and it is closed.
      t.is(run('+++', state, now + OPEN_MS).kind, 'closed');
    }),
  );
});

test('closed, it opens exactly when one of the two rules says so', (t) => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (failures) => {
      let state = closedBreaker(0);
      const seen: boolean[] = [];
      for (const failed of failures) {
        const before = state;
        if (before.kind !== 'closed') break;
        state = run(failed ? '-' : '+', before);
        seen.push(failed);
        const lastTen = seen.slice(-10);
        const byRate = seen.length >= 10 && lastTen.filter(Boolean).length * 2 >= 10;
        const byRow = seen.length >= 5 && seen.slice(-5).every(Boolean);
        t.is(state.kind, byRate || byRow ? 'open' : 'closed');
      }
    }),
  );
});
