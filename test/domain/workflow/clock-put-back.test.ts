import test from 'ava';
import { wakeAt } from '#domain/workflow/wake-at.ts';
import {
  fails,
  pause,
  resume,
  start,
  stumbles,
  succeeds,
  undoFails,
  wake,
} from '#test/support/domain-commands.ts';
import { call, definitionOf, read, wait } from '#test/support/domain-definitions.ts';
import { given, givenWith } from '#test/support/domain-scenario.ts';

const HOUR_MS = 3_600_000;
const SLACK_MS = 5000;
const putBack = { type: 'ClockPutBack', aheadMs: HOUR_MS } as const;
const chain = definitionOf([call('a'), call('b', ['a']), read('c', ['b'])]);

test('a retry that was due by the later clock is due at once, and may have been begun', (t) => {
  const story = given(chain)
    .after(HOUR_MS)
    .and(stumbles('a'))
    .after(-HOUR_MS)
    .when(wake())
    .expect(t, {
      events: [putBack, { type: 'StepsDispatched', dispatch: 2, stepIds: ['a', 'b', 'c'] }],
      steps: { a: 'EXECUTING' },
    });
  t.like(story.step('a'), { dueAt: 0, outcome: 'unknown', retryCount: 1 });
  t.is(wakeAt(story.state, SLACK_MS), SLACK_MS);
  story.when(wake()).expect(t, { events: [] });
});

test('so is the retry of an undo', (t) => {
  const story = given(chain, succeeds('a'), fails('b'))
    .after(HOUR_MS)
    .and(undoFails('a', { recoverable: true }))
    .after(-HOUR_MS)
    .when(wake())
    .expect(t, {
      events: [putBack, { type: 'StepsDispatched', direction: 'undo', stepIds: ['a'] }],
      status: 'COMPENSATING',
    });
  t.like(story.step('a'), { dueAt: 0, undoAttempts: 1 });
});

test('a drain has as much left as it had at the last event', (t) => {
  const fork = definitionOf([call('a'), read('b'), call('c')]);
  given(fork)
    .after(HOUR_MS)
    .and(fails('b'))
    .after(3000)
    .and(succeeds('c'))
    .after(-HOUR_MS - 3000)
    .when(wake())
    .expect(t, { events: [{ ...putBack, aheadMs: HOUR_MS + 3000 }], status: 'COMPENSATING' })
    .after(3999)
    .when(wake())
    .expect(t, { events: [] })
    .after(1)
    .when(wake())
    .expect(t, { events: [{ type: 'StepAbandoned', stepId: 'a' }, 'StepsDispatched'] });
});

test('the end of a wait and the deadline keep their time: nothing that was asked for comes early', (t) => {
  const tenDays = 240 * HOUR_MS;
  const waits = definitionOf(
    [wait('long', [], { durationMs: tenDays }), read('a'), wait('short', ['a'], { durationMs: 9 })],
    { timeoutMs: 2 * tenDays },
  );
  const before = given(waits).after(HOUR_MS).and(succeeds('a'));
  const after = before
    .after(-HOUR_MS)
    .when(wake())
    .expect(t, { events: [putBack] });
  t.is(after.step('long').dueAt, tenDays);
  t.is(after.step('short').dueAt, HOUR_MS + 9);
  t.is(after.state.deadlineAt, 2 * tenDays);
});

test('whatever happens first brings the other branches along', (t) => {
  const story = given(definitionOf([call('a'), call('b')]))
    .after(HOUR_MS)
    .and(stumbles('a'))
    .after(-HOUR_MS)
    .when(succeeds('b'))
    .expect(t, {
      events: [putBack, 'WorkflowStepExecuted', { type: 'StepsDispatched', stepIds: ['a'] }],
    });
  t.is(story.step('a').dueAt, 0);
});

test('a step that is reported is not handed out again for the clock', (t) => {
  given(chain)
    .after(HOUR_MS)
    .and(stumbles('a'))
    .after(-HOUR_MS)
    .when(succeeds('a'))
    .expect(t, { events: [putBack, 'WorkflowStepExecuted'], steps: { b: 'EXECUTING' } });
});

test('what was paused by the later clock is handed out once when it goes on', (t) => {
  const story = given(chain)
    .after(HOUR_MS)
    .and(stumbles('a'), pause)
    .after(-HOUR_MS)
    .when(resume)
    .expect(t, {
      events: [putBack, 'WorkflowResumed', { type: 'StepsDispatched', stepIds: ['a', 'b', 'c'] }],
    });
  t.is(story.step('a').dueAt, 0);
});

test('clocks that differ a little are no news', (t) => {
  given(chain)
    .after(10_000)
    .and(stumbles('a'))
    .after(-10_000)
    .when(wake())
    .expect(t, { events: [] });
});

test('a workflow without times needs no correction', (t) => {
  given(definitionOf([read('a')]))
    .after(HOUR_MS)
    .and(succeeds('a'))
    .after(-HOUR_MS)
    .when(wake())
    .expect(t, { events: [], status: 'COMPLETED' });
  givenWith(chain, { waveless: true })
    .after(-HOUR_MS)
    .when(start)
    .expect(t, { events: ['WorkflowStarted', 'StepsDispatched'] });
});
