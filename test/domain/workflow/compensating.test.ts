import test from 'ava';
import {
  compensate,
  fails,
  outcome,
  pause,
  stumbles,
  succeeds,
  undone,
  vanishes,
  wake,
} from '#test/support/domain-commands.ts';
import { call, definitionOf, read } from '#test/support/domain-definitions.ts';
import { given } from '#test/support/domain-scenario.ts';

const chain = definitionOf([call('a'), call('b', ['a']), read('c', ['b'])]);
const fork = definitionOf([call('a'), call('b'), read('c')]);

test('a failure undoes what was done as one chain, the last first', (t) => {
  given(chain, succeeds('a'), succeeds('b'))
    .when(fails('c'))
    .expect(t, {
      events: [
        'WorkflowStepFailed',
        { type: 'WorkflowFailed', compensationRequired: true },
        { type: 'WorkflowCompensationStarted', reason: 'no', stepsToCompensate: ['b', 'a'] },
        { type: 'StepsDispatched', dispatch: 2, direction: 'undo', stepIds: ['b', 'a'] },
      ],
      status: 'COMPENSATING',
      steps: { a: 'COMPLETED', b: 'COMPENSATING' },
    })
    .when(undone('b'))
    .expect(t, {
      events: [{ type: 'StepCompensated', stepId: 'b', resolution: 'undone' }],
      steps: { a: 'COMPENSATING', b: 'COMPENSATED' },
    })
    .after(9)
    .when(undone('a', 'nothing-to-undo'))
    .expect(t, {
      events: [
        { type: 'StepCompensated', resolution: 'nothing-to-undo' },
        {
          type: 'WorkflowCompensationCompleted',
          compensatedStepIds: ['b', 'a'],
          successful: true,
          errorMessage: null,
        },
      ],
      status: 'COMPENSATED',
      steps: { a: 'COMPENSATED', c: 'FAILED' },
    });
});

test('undo runs against the order of completion, whatever the order of the definition', (t) => {
  given(fork, succeeds('b'), succeeds('a'))
    .when(fails('c'))
    .expect(t, {
      events: [
        'WorkflowStepFailed',
        'WorkflowFailed',
        { type: 'WorkflowCompensationStarted', stepsToCompensate: ['a', 'b'] },
        { type: 'StepsDispatched', stepIds: ['a', 'b'] },
      ],
    });
});

test('a step whose outcome is unknown is undone as well, one that certainly failed is not', (t) => {
  given(chain, succeeds('a'))
    .when(vanishes('b'))
    .expect(t, { steps: { b: 'COMPENSATING', a: 'COMPLETED' } });
  given(chain, succeeds('a'))
    .when(fails('b'))
    .expect(t, { steps: { b: 'FAILED', a: 'COMPENSATING' } });
});

test('undo waits for the calls that were under way at the failure', (t) => {
  const draining = given(fork, succeeds('a'))
    .when(fails('c'))
    .expect(t, {
      events: [
        'WorkflowStepFailed',
        { type: 'WorkflowFailed', drainUntil: 7000 },
        { type: 'WorkflowCompensationStarted', stepsToCompensate: ['b', 'a'], drainUntil: 7000 },
      ],
      status: 'COMPENSATING',
      steps: { a: 'COMPLETED', b: 'EXECUTING' },
    });

  // a late success is undone, and first
  draining.when(succeeds('b')).expect(t, {
    events: ['WorkflowStepExecuted', { type: 'StepsDispatched', stepIds: ['b', 'a'] }],
    steps: { b: 'COMPENSATING' },
  });
  // a late failure that had no effect is not, and is not tried again
  draining.when(stumbles('b')).expect(t, {
    events: [
      { type: 'WorkflowStepFailed', nextRetryAt: null },
      { type: 'StepsDispatched', stepIds: ['a'] },
    ],
    steps: { a: 'COMPENSATING', b: 'FAILED' },
  });
  // no report at all: the effect may be there
  draining
    .after(6999)
    .when(wake('b'))
    .expect(t, { events: [], steps: { b: 'EXECUTING' } });
  draining
    .after(7000)
    .when(wake())
    .expect(t, {
      events: [
        { type: 'StepAbandoned', stepId: 'b' },
        { type: 'StepsDispatched', stepIds: ['b', 'a'] },
      ],
      steps: { b: 'COMPENSATING' },
    });
});

test('the drain is as long as the longest call under way may take', (t) => {
  const definition = definitionOf([
    call('a', [], { timeoutMs: 20_000 }),
    call('b', [], { timeoutMs: 100 }),
    read('c'),
  ]);
  t.is(given(definition, fails('c')).state.drainUntil, 22_000);
});

test('a step between two attempts is called off at a failure', (t) => {
  const waiting = stumbles('b', { retryAfterMs: 60_000 });
  given(fork, succeeds('a'), waiting)
    .when(fails('c'))
    .expect(t, { steps: { b: 'FAILED', a: 'COMPENSATING' } });
  // but what one of its attempts may have done is undone
  given(fork, succeeds('a'), { ...waiting, outcome: 'unknown' })
    .when(fails('c'))
    .expect(t, { steps: { b: 'COMPENSATING', a: 'COMPLETED' } });
});

test('an attempt due so soon that a worker may begin it before it hears of the failure is waited for', (t) => {
  given(fork, succeeds('a'), stumbles('b'))
    .when(fails('c'))
    .expect(t, { status: 'COMPENSATING', steps: { b: 'EXECUTING', a: 'COMPLETED' } })
    .when(succeeds('b'))
    .expect(t, { steps: { b: 'COMPENSATING' } });
});

test('the lost answer of a call can be learnt before it is undone', (t) => {
  const story = given(chain, succeeds('a'), vanishes('b')).and(outcome('b', { id: 5 }));
  story.expect(t, {
    events: [{ type: 'StepOutcomeResolved', stepId: 'b', output: { id: 5 } }],
    steps: { b: 'COMPENSATING' },
  });
  t.like(story.step('b'), { outcome: 'applied', output: { id: 5 } });
});

test('a call that turns out never to have had its effect is not undone', (t) => {
  given(chain, succeeds('a'), vanishes('b'))
    .when(outcome('b', null))
    .expect(t, { events: ['StepOutcomeResolved'], steps: { b: 'FAILED', a: 'COMPENSATING' } })
    .when(undone('a'))
    .expect(t, {
      events: [
        'StepCompensated',
        { type: 'WorkflowCompensationCompleted', compensatedStepIds: ['a'] },
      ],
    });
});

test('an outcome that is known is not learnt again', (t) => {
  given(chain, succeeds('a'), fails('b'))
    .when(outcome('a', null))
    .expect(t, { events: [], steps: { a: 'COMPENSATING' } });
});

test('an undo reported twice, or before its turn, changes nothing', (t) => {
  const story = given(chain, succeeds('a'), succeeds('b'), fails('c'));
  story.when(undone('a')).expect(t, { events: [] });
  story.and(undone('b')).when(undone('b')).expect(t, { events: [] });
});

test('an operator can compensate a workflow that runs, or is paused: it fails first', (t) => {
  for (const story of [given(chain, succeeds('a')), given(chain, succeeds('a'), pause)]) {
    const begun = story.when(compensate).expect(t, {
      events: [
        {
          type: 'WorkflowFailed',
          errorCode: 'MANUAL_COMPENSATION',
          errorMessage: 'MANUAL_COMPENSATION: unwanted',
          failedStepId: 'b',
        },
        { type: 'WorkflowCompensationStarted', reason: 'MANUAL_COMPENSATION: unwanted' },
      ],
      status: 'COMPENSATING',
      steps: { b: 'EXECUTING' },
    });
    t.like(begun.state, { pausedAt: null, pausedBy: null });
  }
});

test('an operator can compensate a workflow that was left FAILED', (t) => {
  given(definitionOf(chain.steps, { onFailure: 'fail' }), succeeds('a'), fails('b'))
    .when(compensate)
    .expect(t, {
      events: [
        { type: 'WorkflowCompensationStarted', reason: 'unwanted', stepsToCompensate: ['a'] },
        'StepsDispatched',
      ],
      status: 'COMPENSATING',
    });
});
