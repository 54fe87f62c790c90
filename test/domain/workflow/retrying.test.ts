import test from 'ava';
import type { WorkflowCommand } from '#domain/workflow/commands.ts';
import { RETRY_POLICIES } from '#domain/policy/retry.ts';
import { fails, stumbles, succeeds, vanishes } from '#test/support/domain-commands.ts';
import { call, definitionOf } from '#test/support/domain-definitions.ts';
import { given, type Scenario } from '#test/support/domain-scenario.ts';

const one = definitionOf([call('a')]);

/** Fails every attempt as soon as it is due. @returns the pauses between the attempts, and the story at its end */
function stumbleOn(story: Scenario, news: WorkflowCommand): { pauses: number[]; end: Scenario } {
  const pauses: number[] = [];
  let end = story;
  while (end.state.status === 'EXECUTING') {
    end = end.and(news);
    const { dueAt } = end.step('a');
    if (dueAt === null) break;
    pauses.push(dueAt - end.now);
    end = end.after(dueAt - end.now);
  }
  return { pauses, end };
}

for (const [name, delays] of [
  ['default', [1000, 2000, 4000]],
  ['aggressive', [500, 750, 1125, 1687, 2531]],
  ['conservative', [2000, 6000]],
] as const) {
  test(`under the ${name} policy a step is tried again after ${delays.join(', ')} ms, then fails`, (t) => {
    const definition = definitionOf([call('a', [], { retry: RETRY_POLICIES[name] })]);
    const { pauses, end } = stumbleOn(given(definition), stumbles('a'));
    t.deepEqual(pauses, [...delays]);
    end.expect(t, { status: 'FAILED', steps: { a: 'FAILED' } });
    t.is(end.step('a').retryCount, delays.length);
  });
}

test('a failed attempt says which it was and when the next is due', (t) => {
  given(one)
    .after(100)
    .when(stumbles('a', { startedAt: 40 }))
    .expect(t, {
      events: [
        {
          type: 'WorkflowStepFailed',
          stepId: 'a',
          errorCode: 'SERVICE_UNAVAILABLE',
          errorMessage: 'busy',
          attempt: 1,
          nextRetryAt: 1100,
          outcome: 'not-applied',
          startedAt: 40,
        },
      ],
      status: 'EXECUTING',
      steps: { a: 'EXECUTING' },
    });
});

test('an error that no attempt can mend fails the step at once', (t) => {
  const story = given(one)
    .when(fails('a'))
    .expect(t, {
      events: [
        { type: 'WorkflowStepFailed', attempt: 1, nextRetryAt: null },
        { type: 'WorkflowFailed', errorCode: 'VALIDATION_ERROR', failedStepId: 'a' },
      ],
      status: 'FAILED',
    });
  t.is(story.step('a').retryCount, 0);
});

test('a longer pause that the service asks for is kept, a shorter one is not', (t) => {
  const pauseAfter = (retryAfterMs: number) =>
    given(one).and(stumbles('a', { retryAfterMs })).step('a').dueAt;
  t.is(pauseAfter(30_000), 30_000);
  t.is(pauseAfter(10), 1000);
});

test('a step that succeeds after failures is completed and keeps no error', (t) => {
  const story = given(one, stumbles('a'))
    .after(1000)
    .when(succeeds('a'))
    .expect(t, { status: 'COMPLETED', steps: { a: 'COMPLETED' } });
  t.like(story.step('a'), { retryCount: 1, error: null, dueAt: null, outcome: 'applied' });
});

test('an unknown outcome stays unknown, whatever later attempts say', (t) => {
  given(one, stumbles('a', { errorCode: 'TIMEOUT', outcome: 'unknown' }))
    .when(stumbles('a'))
    .expect(t, { events: [{ type: 'WorkflowStepFailed', attempt: 2, outcome: 'unknown' }] })
    .when(fails('a'))
    .expect(t, {
      events: [
        { type: 'WorkflowStepFailed', attempt: 3, outcome: 'unknown' },
        { type: 'WorkflowFailed', compensationRequired: true },
        { type: 'WorkflowCompensationStarted', stepsToCompensate: ['a'] },
        { type: 'StepsDispatched', direction: 'undo', stepIds: ['a'] },
      ],
    });
});

test('the failure of an optional step is recorded, and the workflow goes on', (t) => {
  const definition = definitionOf([call('a', [], { optional: true }), call('b', ['a'])]);
  given(definition)
    .when(stumbles('a'))
    .expect(t, { events: ['WorkflowStepFailed'], steps: { a: 'EXECUTING' } })
    .when(fails('a'))
    .expect(t, {
      events: [
        { type: 'WorkflowStepFailed', nextRetryAt: null },
        {
          type: 'StepSkipped',
          cause: 'optional',
          reason: 'optional step failed: VALIDATION_ERROR no',
        },
      ],
      status: 'EXECUTING',
      steps: { a: 'SKIPPED', b: 'EXECUTING' },
    });
});

test('an optional step whose outcome is unknown is undone with the rest', (t) => {
  const definition = definitionOf([call('a', [], { optional: true }), call('b', ['a'])]);
  given(definition, vanishes('a'))
    .when(fails('b'))
    .expect(t, {
      events: [
        'WorkflowStepFailed',
        'WorkflowFailed',
        { type: 'WorkflowCompensationStarted', stepsToCompensate: ['a'] },
        'StepsDispatched',
      ],
      steps: { a: 'COMPENSATING' },
    });
});
