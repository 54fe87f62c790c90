import test from 'ava';
import { wakeAt } from '#domain/workflow/wake-at.ts';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import {
  executeStep,
  fails,
  pause,
  stalls,
  stumbles,
  succeeds,
  undone,
  wake,
} from '#test/support/domain-commands.ts';
import { call, definitionOf, read, wait } from '#test/support/domain-definitions.ts';
import { given, givenWith, type Scenario } from '#test/support/domain-scenario.ts';

const chain = definitionOf([call('a'), call('b', ['a']), read('c', ['b'])]);
const SLACK_MS = 5000;
const next = (story: Scenario, jobsSeenAt?: number) => wakeAt(story.state, SLACK_MS, jobsSeenAt);

test('a workflow is looked at when a job has had its time and the slack', (t) => {
  t.is(next(given(chain)), 5000);
  t.is(next(given(chain).after(100).and(succeeds('a'))), 5100);
});

test('a job that is due later is missed later', (t) => {
  t.is(next(given(chain, stumbles('a', { retryAfterMs: 60_000 }))), 65_000);
});

test('a job that was seen alive is asked for again after another slack', (t) => {
  t.is(next(given(chain), 20_000), 25_000);
});

test('a workflow is looked at at its deadline and at the end of its waits', (t) => {
  const soon: WorkflowDefinition = { ...chain, timeoutMs: 4000 };
  t.is(next(given(soon)), 4000);
  const waits = [wait('long', [], { durationMs: 2000 }), wait('short', [], { durationMs: 900 })];
  t.is(next(given(definitionOf(waits))), 900);
});

test('a workflow is looked at when its drain is over', (t) => {
  const fork = [call('a'), read('b')];
  t.is(next(given(definitionOf(fork), fails('b'))), 7000);
  t.is(next(given(definitionOf(fork, { onFailure: 'fail' }), fails('b'))), 7000);
});

test('an undo that is lost is missed like any other job', (t) => {
  t.is(next(given(chain, succeeds('a'), fails('b'))), 5000);
});

test('nobody looks at a workflow that waits for an operator or has ended', (t) => {
  t.is(next(givenWith(chain, { waveless: true })), null);
  t.is(next(given(chain, pause)), null);
  t.is(next(given(chain, fails('a'))), null);
  t.is(next(given(chain, succeeds('a'), fails('b'), undone('a'))), null);
});

test('what an operator asked for is missed even in a workflow that stands still', (t) => {
  t.is(next(given(chain, fails('a'), executeStep('a'))), 5000);
  t.is(next(given(chain, pause, fails('a'), executeStep('a'))), 5000);
});

test('a step whose job is lost is dispatched anew with the rest of its chain', (t) => {
  given(chain, succeeds('a'))
    .when(wake('b'))
    .expect(t, {
      events: [{ type: 'StepsDispatched', dispatch: 2, direction: 'do', stepIds: ['b', 'c'] }],
      steps: { b: 'EXECUTING', c: 'PENDING' },
    })
    .when(succeeds('b'))
    .expect(t, { events: ['WorkflowStepExecuted'], steps: { c: 'EXECUTING' } });
});

test('a lost job of a retry is dispatched anew for the time at which it is due', (t) => {
  const story = given(chain, stumbles('a')).and(wake('a'));
  t.like(story.step('a'), { dispatch: 2, dueAt: 1000 });
});

test('a lost undo is dispatched anew with all that is left to undo', (t) => {
  given(chain, succeeds('a'), succeeds('b'), fails('c'))
    .when(wake('b'))
    .expect(t, {
      events: [{ type: 'StepsDispatched', dispatch: 3, direction: 'undo', stepIds: ['b', 'a'] }],
      steps: { b: 'COMPENSATING', a: 'COMPLETED' },
    })
    .and(undone('b'))
    .when(wake('a'))
    .expect(t, { events: [{ type: 'StepsDispatched', dispatch: 4, stepIds: ['a'] }] });
});

test('a call that nobody has heard of when it is handed out anew may have had its effect, whatever the next one says', (t) => {
  const story = given(chain, succeeds('a'), wake('b'));
  t.is(story.step('b').outcome, 'unknown');
  story.when(fails('b')).expect(t, {
    events: [
      { type: 'WorkflowStepFailed', outcome: 'unknown' },
      'WorkflowFailed',
      { type: 'WorkflowCompensationStarted', stepsToCompensate: ['b', 'a'] },
      'StepsDispatched',
    ],
  });
});

test('what was taken over from a worker taken for dead may have had its effect, and that is said once', (t) => {
  const story = given(chain, succeeds('a'));
  const taken = story
    .when(stalls('b'))
    .expect(t, { events: [{ type: 'StepStalled', stepId: 'b' }] });
  t.like(taken.step('b'), { status: 'EXECUTING', outcome: 'unknown', dispatch: 1 });
  taken.when(stalls('b')).expect(t, { events: [] });
  taken.when(fails('b')).expect(t, {
    events: [
      { type: 'WorkflowStepFailed', outcome: 'unknown' },
      'WorkflowFailed',
      'WorkflowCompensationStarted',
      'StepsDispatched',
    ],
  });
  taken.when(succeeds('b')).expect(t, { steps: { b: 'COMPLETED' } });
  // the one taken for dead has reported after all
  story.and(fails('b')).when(stalls('b')).expect(t, { events: [] });
});

test('an attempt that can not have begun leaves no doubt when it is handed out anew', (t) => {
  const story = given(chain, stumbles('a', { retryAfterMs: 60_000 }), wake('a'));
  t.is(story.step('a').outcome, 'not-applied');
});

test('each branch of a fork is dispatched anew by itself', (t) => {
  given(definitionOf([call('left'), call('right')]))
    .when(wake('left', 'right'))
    .expect(t, {
      events: [
        { type: 'StepsDispatched', dispatch: 3, stepIds: ['left'] },
        { type: 'StepsDispatched', dispatch: 4, stepIds: ['right'] },
      ],
    });
});

test('what needs no job is not dispatched anew, whoever says that it is lost', (t) => {
  given(chain).when(wake('b', 'ghost')).expect(t, { events: [] });
  given(chain, succeeds('a')).when(wake('a')).expect(t, { events: [] });
  given(chain, pause).when(wake('a')).expect(t, { events: [] });
  given(definitionOf([wait('cool', [], { durationMs: 1 })]))
    .when(wake('cool'))
    .expect(t, { events: [] });
});

test('waits that end at the same time end together', (t) => {
  const definition = definitionOf([
    wait('x', [], { durationMs: 5 }),
    wait('y', [], { durationMs: 5 }),
    read('z', ['x', 'y']),
  ]);
  given(definition)
    .after(6)
    .when(wake())
    .expect(t, {
      events: ['WorkflowStepExecuted', 'WorkflowStepExecuted', 'StepsDispatched'],
      steps: { x: 'COMPLETED', y: 'COMPLETED', z: 'EXECUTING' },
    });
});
