import test from 'ava';
import { whyItStandsStill } from '#domain/workflow/why-it-stands-still.ts';
import { whyStepsWait, type JobFacts } from '#domain/workflow/why-steps-wait.ts';
import { compensate, fails, pause, succeeds, stumbles } from '#test/support/domain-commands.ts';
import { call, definitionOf, wait } from '#test/support/domain-definitions.ts';
import { given } from '#test/support/domain-scenario.ts';

const chain = definitionOf([call('a'), call('b', ['a'])], { onFailure: 'fail' });

const IN_LINE: JobFacts = {
  queue: 'steps.x',
  state: 'waiting',
  ahead: 4,
  isPaused: false,
  restsUntil: null,
  hasWorker: true,
  breaker: null,
  msPerJob: null,
};

function reasonsOf(changes: Partial<JobFacts> | null, now = 100) {
  const jobs = changes === null ? null : new Map([['a', { ...IN_LINE, ...changes }]]);
  return whyStepsWait(given(chain).state, jobs, now);
}

const OPEN = { state: 'open', since: 50, openUntil: 900 } as const;
const PROBING = { state: 'half-open', since: 60, openUntil: null } as const;

for (const [what, changes, expected] of [
  ['a place in line', {}, { reason: 'queue-position', subject: 'steps.x', estimatedAt: null }],
  ['a place with an estimate', { msPerJob: 10 }, { reason: 'queue-position', estimatedAt: 150 }],
  ['a queue that rests', { restsUntil: 500 }, { reason: 'rate-limit', until: 500 }],
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
