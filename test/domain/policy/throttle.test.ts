import test from 'ava';
import fc from 'fast-check';
import {
  grantedCalls,
  nextThrottle,
  RAMP_MS,
  unthrottled,
  type ThrottleSignal,
  type ThrottleState,
} from '#domain/policy/throttle.ts';

const CEILING = 50;
const START = 1_000_000;

/** A second of good work at full use. */
function signal(changes: Partial<ThrottleSignal> = {}): ThrottleSignal {
  return {
    calls: 100,
    failures: 0,
    latencyMs: 100,
    peakInFlight: CEILING,
    score: 30,
    errorRate: 0,
    breaker: { kind: 'closed', closedAt: null },
    ...changes,
  };
}

/** Looks once a second; each look sees the next signal. */
function run(signals: readonly ThrottleSignal[], from = unthrottled(CEILING), start = START) {
  const states: ThrottleState[] = [];
  let state = from;
  signals.forEach((each, index) => {
    state = nextThrottle(state, each, CEILING, start + index * 1000);
    states.push(state);
  });
  return states;
}

const seconds = (count: number, each: ThrottleSignal) => Array.from({ length: count }, () => each);
const limits = (states: readonly ThrottleState[]) => states.map(grantedCalls);
const settled = unthrottled(CEILING);

test('a service that keeps up gets all it may have', (t) => {
  t.deepEqual(
    limits(run(seconds(5, signal()))),
    seconds(5, signal()).map(() => CEILING),
  );
});

test('latency at ten times its baseline halves the limit once a round trip, and says so', (t) => {
  const [good] = run([signal()]);
  const states = run(seconds(4, signal({ latencyMs: 1000 })), good);
  t.deepEqual(limits(states), [25, 12, 6, 3]);
  t.is(states[0]?.reason, 'latency is 9.8 times its baseline');
});

test('a cut is given one latency to take effect before the next one', (t) => {
  const [good] = run([signal()]);
  const states = run(seconds(5, signal({ latencyMs: 3000 })), good);
  t.deepEqual(limits(states), [25, 25, 25, 12, 12]);
});

test('a little slower is cut a little', (t) => {
  const [good] = run([signal()]);
  t.deepEqual(limits(run([signal({ latencyMs: 200 })], good)), [50]);
  t.deepEqual(limits(run([signal({ latencyMs: 250 })], good)), [40]);
});

test('milliseconds are no latency to speak of', (t) => {
  const [good] = run([signal({ latencyMs: 1 })]);
  t.deepEqual(limits(run([signal({ latencyMs: 11 })], good)), [50]);
  t.deepEqual(limits(run([signal({ latencyMs: 22 })], good)), [25]);
});

test('failures of a tenth of the calls cut the limit; fewer are for retries', (t) => {
  const [good] = run([signal()]);
  const [few] = run([signal({ failures: 9 })], good);
  t.is(grantedCalls(few ?? settled), 50);
  const [many] = run([signal({ failures: 10 })], good);
  t.is(grantedCalls(many ?? settled), 35);
  t.is(many?.reason, '10 of 100 calls failed');
});

test('failures do not teach what latency is normal', (t) => {
  const [good] = run([signal()]);
  const [failing] = run([signal({ failures: 50, latencyMs: 1 })], good);
  t.is(failing?.baselineMs, 100);
});

test('a limit that is used is raised by its root each second, up to the ceiling', (t) => {
  const low = { ...settled, limit: 1, baselineMs: 100 };
  const states = run(seconds(14, signal()), low);
  t.deepEqual(limits(states), [2, 3, 5, 7, 10, 13, 17, 21, 25, 31, 36, 42, 49, 50]);
});

test('a limit that nobody uses up is neither raised nor cut for latency, for a while', (t) => {
  const low = { ...settled, limit: 20, baselineMs: 100, cutAt: START };
  for (const latencyMs of [100, 1000]) {
    const [state] = run([signal({ latencyMs, peakInFlight: 9 })], low);
    t.is(grantedCalls(state ?? settled), 20, String(latencyMs));
  }
});

test('without calls the last limit holds for 15 s, then goes back to the ceiling', (t) => {
  const low = { ...settled, limit: 4, baselineMs: 100, cutAt: START };
  const silent = signal({
    calls: 0,
    latencyMs: null,
    peakInFlight: 0,
    score: null,
    errorRate: null,
  });
  const states = run(seconds(40, silent), low);
  t.deepEqual(
    limits(states.slice(0, 16)),
    seconds(16, silent).map(() => 4),
  );
  t.is(grantedCalls(states[16] ?? settled), 6);
  t.is(grantedCalls(states.at(-1) ?? settled), CEILING);
});

test('calls whose time can not be trusted still raise the limit, and never cut it', (t) => {
  const low = { ...settled, limit: 16, baselineMs: 100 };
  t.deepEqual(limits(run([signal({ latencyMs: null })], low)), [20]);
});

for (const [what, load] of [
  ['a load score of 95', { score: 95 }],
  ['half of the calls failing', { errorRate: 0.5 }],
] as const) {
  test(`${what} leaves the service canaries only, at once`, (t) => {
    const [state, after] = run([signal(load), signal()]);
    t.is(grantedCalls(state ?? settled), 1);
    t.regex(state?.reason ?? '', /^canaries only/);
    t.is(grantedCalls(after ?? settled), 2, 'and the way back begins at one');
  });
}

test('just below that it gets more', (t) => {
  const [state] = run([signal({ score: 94.9, errorRate: 0.49 })]);
  t.is(grantedCalls(state ?? settled), CEILING);
});

test('an open or half-open breaker leaves its three probes', (t) => {
  for (const kind of ['open', 'half-open'] as const) {
    const [state] = run([signal({ breaker: { kind } })]);
    t.is(grantedCalls(state ?? settled), 3);
  }
});

test('a breaker that closes is followed by a ramp of 30 s, not by a stampede', (t) => {
  const breaker = { kind: 'closed', closedAt: START } as const;
  const states = run(seconds(31, signal({ breaker })), { ...settled, limit: 3, baselineMs: 100 });
  const granted = limits(states);
  t.deepEqual([granted[0], granted[10], granted[20], granted[30]], [3, 18, 34, CEILING]);
  t.deepEqual(
    granted,
    granted.toSorted((a, b) => a - b),
  );
  t.is(states[1]?.reason, 'ramp after an outage');
});

test('pressure during the ramp cuts below it', (t) => {
  const breaker = { kind: 'closed', closedAt: START - RAMP_MS / 2 } as const;
  const [state] = run([signal({ breaker, latencyMs: 1000 })], {
    ...settled,
    limit: 26,
    baselineMs: 100,
  });
  t.is(grantedCalls(state ?? settled), 13);
});

test('a service that is slower for good is taken for normal after some minutes', (t) => {
  const [good] = run([signal()]);
  const states = run(seconds(420, signal({ latencyMs: 1000 })), good);
  t.is(grantedCalls(states[60] ?? settled), 1);
  t.is(grantedCalls(states.at(-1) ?? settled), CEILING);
});

test('whatever is signalled, the limit stays between one and the ceiling', (t) => {
  const wild = fc.record({
    calls: fc.nat(1000),
    failures: fc.nat(1000),
    latencyMs: fc.option(fc.double({ min: 0, max: 1e9, noNaN: true })),
    peakInFlight: fc.nat(1000),
    score: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
    errorRate: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    breaker: fc.oneof(
      fc.constantFrom({ kind: 'open' as const }, { kind: 'half-open' as const }),
      fc.record({ kind: fc.constant('closed' as const), closedAt: fc.option(fc.integer()) }),
    ),
  });
  fc.assert(
    fc.property(fc.array(wild), fc.integer({ min: 1, max: 200 }), (signals, ceiling) => {
      let state = unthrottled(ceiling);
      signals.forEach((each, index) => {
        state = nextThrottle(state, each, ceiling, index * 1000);
        if (grantedCalls(state) < 1 || grantedCalls(state) > ceiling) {
          throw new Error(`granted ${grantedCalls(state)} of ${ceiling}`);
        }
      });
    }),
  );
  t.pass();
});

test('a service with room for ten calls is kept near ten, and gets fifty again when it has room for them', (t) => {
  // latency grows with the calls beyond the room, as in a queue with so many servers
  let state = unthrottled(CEILING);
  const second = (room: number, index: number) => {
    const inFlight = grantedCalls(state);
    const latencyMs = 100 * Math.max(1, inFlight / room);
    const calls = Math.round((inFlight * 1000) / latencyMs);
    state = nextThrottle(
      state,
      signal({ calls, latencyMs, peakInFlight: inFlight }),
      CEILING,
      START + index * 1000,
    );
    return grantedCalls(state);
  };
  for (let index = 0; index < 10; index += 1) t.is(second(50, index), CEILING);
  const pressed = Array.from({ length: 40 }, (_, index) => second(10, 10 + index));
  t.true(
    pressed.slice(5).every((limit) => limit >= 10 && limit <= 26),
    pressed.join(' '),
  );
  const freed = Array.from({ length: 20 }, (_, index) => second(50, 50 + index));
  t.is(freed.at(-1), CEILING);
});
