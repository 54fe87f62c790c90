import test from 'ava';
import {
  cancelAndUndo,
  compensate,
  executeStep,
  fails,
  pause,
  resume,
  retry,
  retryStep,
  skipStep,
  stumbles,
  succeeds,
  vanishes,
  wake,
} from '#test/support/domain-commands.ts';
import { call, definitionOf, pivot, read } from '#test/support/domain-definitions.ts';
import { given, givenWith } from '#test/support/domain-scenario.ts';

const steps = [call('a'), call('b', ['a']), call('c', ['b'])];
const parked = given(definitionOf(steps, { onFailure: 'pause' }), succeeds('a'), fails('b'));
const left = given(definitionOf(steps, { onFailure: 'fail' }), succeeds('a'), fails('b'));

for (const [story, goOn, status] of [
  [parked, resume, 'PAUSED'],
  [left, retry, 'FAILED'],
] as const) {
  test(`a failed step of a ${status} workflow can be tried again when it goes on`, (t) => {
    story
      .when(retryStep('b'))
      .expect(t, {
        events: [{ type: 'StepRetryRequested', stepId: 'b', requestedBy: 'ann' }],
        status,
        steps: { b: 'PENDING' },
      })
      .and(goOn)
      .expect(t, { status: 'EXECUTING', steps: { b: 'EXECUTING', c: 'PENDING' } });
  });

  test(`a failed step of a ${status} workflow can be skipped`, (t) => {
    story
      .when(skipStep('b'))
      .expect(t, {
        events: [{ type: 'StepSkipped', cause: 'operator', reason: 'ann: done by hand' }],
        status,
        steps: { b: 'SKIPPED', c: 'PENDING' },
      })
      .and(goOn)
      .expect(t, { status: 'EXECUTING', steps: { b: 'SKIPPED', c: 'EXECUTING' } });
  });

  test(`a failed step of a ${status} workflow can be executed at once, with corrected input`, (t) => {
    const executing = story.when(executeStep('b', { sku: 'X' })).expect(t, {
      events: [
        { type: 'StepExecutionRequested', requestedBy: 'ann', inputData: { sku: 'X' } },
        { type: 'StepsDispatched', dispatch: 2, direction: 'do', stepIds: ['b'] },
      ],
      status,
      steps: { b: 'EXECUTING', c: 'PENDING' },
    });
    t.like(executing.step('b'), { forced: true, inputData: { sku: 'X' }, dispatch: 2 });
    executing
      .when(succeeds('b'))
      .expect(t, {
        events: ['WorkflowStepExecuted'],
        status,
        steps: { b: 'COMPLETED', c: 'PENDING' },
      })
      .and(goOn)
      .expect(t, { status: 'EXECUTING', steps: { c: 'EXECUTING' } });
  });

  test(`a step executed in a ${status} workflow is tried again like any other`, (t) => {
    story
      .and(executeStep('b'))
      .when(stumbles('b'))
      .expect(t, {
        events: [{ type: 'WorkflowStepFailed', attempt: 1, nextRetryAt: 1000 }],
        steps: { b: 'EXECUTING' },
      })
      .when(fails('b'))
      .expect(t, { events: ['WorkflowStepFailed'], status, steps: { b: 'FAILED' } });
  });

  test(`the job of a step executed in a ${status} workflow is added again when it is lost`, (t) => {
    story
      .and(executeStep('b'))
      .when(wake('b'))
      .expect(t, { events: [{ type: 'StepsDispatched', dispatch: 3, stepIds: ['b'] }], status });
  });

  test(`a step executed in a ${status} workflow may still be under way when it goes on`, (t) => {
    const story2 = story.and(executeStep('b'), goOn);
    t.like(story2.step('b'), { status: 'EXECUTING', forced: false, dispatch: 3 });
    story2.when(succeeds('b')).expect(t, { steps: { c: 'EXECUTING' } });
  });
}

test('corrected input is kept when the step is tried again without any', (t) => {
  const story = left.and(executeStep('b', { sku: 'X' }), fails('b'), executeStep('b'));
  t.deepEqual(story.step('b').inputData, { sku: 'X' });
});

test('only FAILED steps are repaired, and steps that exist', (t) => {
  for (const command of [retryStep, skipStep, executeStep]) {
    left
      .when(command('a'))
      .expect(t, { refused: /the workflow is FAILED and its step a is COMPLETED, not FAILED/ });
    left
      .when(command('ghost'))
      .expect(t, { refused: /the workflow is FAILED and has no step ghost/ });
  }
  left
    .and(retryStep('b'))
    .when(skipStep('b'))
    .expect(t, { refused: /b is PENDING/, allowed: ['retry', 'compensate'] });
});

test('a skipped step with an unknown outcome is undone with the rest', (t) => {
  const story = given(
    definitionOf(steps, { onFailure: 'fail' }),
    succeeds('a'),
    vanishes('b'),
    skipStep('b'),
  );
  story.when(compensate).expect(t, {
    events: [
      { type: 'WorkflowCompensationStarted', stepsToCompensate: ['b', 'a'] },
      'StepsDispatched',
    ],
  });
});

test('a step that is to be tried again is undone, if its outcome was unknown', (t) => {
  given(definitionOf(steps, { onFailure: 'fail' }), succeeds('a'), vanishes('b'), retryStep('b'))
    .when(compensate)
    .expect(t, { steps: { b: 'COMPENSATING', a: 'COMPLETED' } });
});

test("a step under way on an operator's wish is drained like any other when the workflow is undone", (t) => {
  left
    .and(executeStep('b'))
    .when(compensate)
    .expect(t, {
      events: [{ type: 'WorkflowCompensationStarted', drainUntil: 7000 }],
      steps: { b: 'EXECUTING' },
    })
    .when(succeeds('b'))
    .expect(t, { steps: { b: 'COMPENSATING' } });
  parked
    .and(executeStep('b'))
    .when(cancelAndUndo)
    .expect(t, { steps: { b: 'EXECUTING' } });
});

test("a step under way on an operator's wish is not given up with the calls of the failure", (t) => {
  const definition = definitionOf([call('slow'), call('b')], { onFailure: 'fail' });
  given(definition, fails('b'), executeStep('b'))
    .after(7000)
    .when(wake())
    .expect(t, {
      events: [{ type: 'StepAbandoned', stepId: 'slow' }],
      steps: { slow: 'FAILED', b: 'EXECUTING' },
    });
});

test('a repaired step that goes on is paused with the workflow', (t) => {
  const story = parked.and(executeStep('b'), resume, pause);
  t.false(story.step('b').forced);
});

test('a repaired step does not set off a compensation that a passed pivot forbade', (t) => {
  const definition = definitionOf([call('pick'), pivot('ship', ['pick']), call('check', ['pick'])]);
  given(definition, succeeds('pick'), fails('check'), succeeds('ship'), executeStep('check'))
    .when(succeeds('check'))
    .expect(t, { events: ['WorkflowStepExecuted'], status: 'FAILED' })
    .when(retry)
    .expect(t, { status: 'COMPLETED' });
});

test('a workflow all of whose steps were repaired is complete when it goes on', (t) => {
  const definition = definitionOf([read('a')]);
  givenWith(definition, {}, fails('a'), skipStep('a'))
    .when(retry)
    .expect(t, { events: ['WorkflowRetry', 'WorkflowCompleted'], status: 'COMPLETED' });
});
