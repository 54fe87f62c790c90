import test from 'ava';
import { whyItStandsStill } from '#domain/workflow/why-it-stands-still.ts';
import { whyStepsWait, type JobFacts } from '#domain/workflow/why-steps-wait.ts';
import { compensate, fails, pause, succeeds, stumbles } from '#test/support/domain-commands.ts';
import { call, definitionOf, wait } from '#test/support/domain-definitions.ts';
import { given } from '#test/support/domain-scenario.ts';

const chain = definitionOf([call('a'), call('b', ['a'])], { onFailure: 'fail' });

const IN_LINE: JobFacts = {
  queue: 'steps.x',
  serviceName: 'stock',
  state: 'waiting',
  ahead: 4,
  isPaused: false,
  restsUntil: null,
  hasWorker: true,
  breaker: null,
  granted: null,
  msPerJob: null,
};

function reasonsOf(changes: Partial<JobFacts> | null, now = 100) {
  const jobs = changes === null ? null : new Map([['a', { ...IN_LINE, ...changes }]]);
  return whyStepsWait(given(chain).state, jobs, now);
}

const OPEN = { state: 'open', since: 50, openUntil: 900, reason: '5 failures in a row' } as const;
const PROBING = { ...OPEN, state: 'half-open', since: 60, openUntil: null } as const;
const RAMP = {
  calls: 5,
  ceiling: 50,
  since: 70,
  reason: 'ramp after an outage',
  isCanary: false,
} as const;
const CANARY = {
  ...RAMP,
  calls: 1,
  reason: 'canaries only: load score 97',
  isCanary: true,
} as const;

for (const [what, changes, expected] of [
  ['a place in line', {}, { reason: 'queue-position', subject: 'steps.x', estimatedAt: null }],
  ['a place with an estimate', { msPerJob: 10 }, { reason: 'queue-position', estimatedAt: 150 }],
  ['a queue that rests', { restsUntil: 500 }, { reason: 'rate-limit', until: 500 }],
  [
    'a service that feels its way',
    { granted: CANARY, restsUntil: 500, msPerJob: 10 },
    { reason: 'canary', since: 70, estimatedAt: 150 },
  ],
  ['a breaker that probes', { breaker: PROBING, restsUntil: 500 }, { reason: 'canary', since: 60 }],
  ['an open breaker', { breaker: OPEN, restsUntil: 500 }, { reason: 'breaker-open', until: 900 }],
  ['no worker', { hasWorker: false, breaker: OPEN }, { reason: 'no-worker' }],
  ['a paused queue', { isPaused: true, hasWorker: false }, { reason: 'queue-paused' }],
  ['a job that is gone', { state: 'missing' }, { reason: 'job-lost' }],
] as const satisfies readonly (readonly [string, Partial<JobFacts>, object])[]) {
  test(`${what} is told before all that would come after it`, (t) => {
    const [first, second, ...others] = reasonsOf(changes);
    t.like(first, { stepId: 'a', ...expected });
    t.like(second, { stepId: 'b', reason: 'dependency', subject: 'a' });
    t.deepEqual(others, []);
  });
}

test('what is told names the service, and why it is treated so', (t) => {
  const told = (changes: Partial<JobFacts>) => reasonsOf(changes)[0]?.detail;
  t.is(told({ breaker: OPEN }), 'stock takes no calls, its breaker is open: 5 failures in a row');
  t.is(told({ granted: CANARY }), 'stock gets 1 call at a time, canaries only: load score 97');
  t.is(told({ ahead: 1 }), '1 job before it in queue steps.x');
  t.is(told({ ahead: null }), 'some jobs before it in queue steps.x');
  t.is(
    told({ ahead: 2, granted: RAMP }),
    '2 jobs before it in queue steps.x; stock gets 5 of 50 calls at once: ramp after an outage',
  );
});

test('what runs, or is just being handed over, does not wait', (t) => {
  for (const state of ['active', 'moving'] as const) {
    t.deepEqual(
      reasonsOf({ state, isPaused: true }).map(({ stepId }) => stepId),
      ['b'],
    );
  }
});

test('without Redis only the state is told', (t) => {
  t.like(reasonsOf(null), [{ stepId: 'a', reason: 'unknown' }, { reason: 'dependency' }]);
  t.like(reasonsOf({ breaker: { ...OPEN, state: 'closed' } })[0], { reason: 'queue-position' });
});

test('an attempt that is due later says when, whatever the queue says', (t) => {
  const { state } = given(chain, stumbles('a'));
  t.like(whyStepsWait(state, null, 10), [
    { stepId: 'a', reason: 'retry', until: 1000, detail: 'attempt 2 is due later: busy' },
    { stepId: 'b', reason: 'dependency' },
  ]);
  t.like(whyStepsWait(state, null, 1000)[0], { reason: 'unknown' });
});

test('a wait says when it is over', (t) => {
  const { state } = given(definitionOf([wait('rest', [], { durationMs: 700 })]));
  t.like(whyStepsWait(state, null, 10), [{ stepId: 'rest', reason: 'time', until: 700 }]);
});

test('a workflow that was paused, or has failed, waits for a person', (t) => {
  t.like(whyItStandsStill(given(chain, pause).state, 10), { reason: 'paused', subject: 'ann' });
  t.like(whyItStandsStill(given(chain, succeeds('a'), fails('b')).state, 10), {
    reason: 'operator',
  });
  t.is(whyItStandsStill(given(chain).state, 10), null);
  t.is(whyItStandsStill(given(chain, succeeds('a'), succeeds('b')).state, 10), null);
  t.deepEqual(whyStepsWait(given(chain, pause).state, new Map(), 10), []);
});

test('a workflow that is undone waits for the calls that were under way', (t) => {
  const { state } = given(chain, compensate);
  const until = state.drainUntil ?? 0;
  t.like(whyItStandsStill(state, 10), { reason: 'reports', until });
  t.is(whyItStandsStill({ ...state, status: 'COMPENSATING' }, until), null);
});
