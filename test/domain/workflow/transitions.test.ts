import test from 'ava';
import { WORKFLOW_STATUSES, type WorkflowStatus } from '#domain/workflow/vocabulary.ts';
import {
  OPERATOR_COMMAND_TYPES,
  type OperatorCommand,
  type OperatorCommandType,
} from '#domain/workflow/commands.ts';
import {
  cancel,
  cancelAndUndo,
  compensate,
  enableWaveless,
  executeStep,
  fails,
  pause,
  resume,
  retry,
  retryStep,
  skipStep,
  start,
  succeeds,
  undone,
  undoFails,
  wake,
} from '#test/support/domain-commands.ts';
import { call, definitionOf, pivot, read } from '#test/support/domain-definitions.ts';
import { given, givenWith, type Scenario } from '#test/support/domain-scenario.ts';

/** The table of SPEC 2: every command from every status. `undo` has an effect to undo, `bad` can fail. */
const definition = definitionOf([call('undo'), call('bad', ['undo'])], { onFailure: 'fail' });
const compensating = definitionOf(definition.steps);

const IN: { readonly [S in WorkflowStatus]: () => Scenario } = {
  PENDING: () => givenWith(definition, { workflowType: 'ORDER_FULFILLMENT', waveless: true }),
  EXECUTING: () => given(definition, succeeds('undo')),
  PAUSED: () => given(definition, succeeds('undo'), pause, fails('bad')),
  COMPLETED: () => given(definition, succeeds('undo'), succeeds('bad')),
  FAILED: () => given(definition, succeeds('undo'), fails('bad')),
  COMPENSATING: () => given(compensating, succeeds('undo'), fails('bad')),
  COMPENSATED: () => given(compensating, succeeds('undo'), fails('bad'), undone('undo')),
  CANCELLED: () => given(definition, cancel),
};

const COMMANDS: { readonly [T in OperatorCommandType]: OperatorCommand } = {
  start,
  pause,
  resume,
  cancel,
  retry,
  compensate,
  retryStep: retryStep('bad'),
  skipStep: skipStep('bad'),
  executeStep: executeStep('bad'),
  enableWaveless,
};

/** Where each command leads; what is absent is refused. Undo goes on by itself, so COMPENSATING is where compensate ends here. */
const LEADS_TO: {
  readonly [S in WorkflowStatus]: Partial<Record<OperatorCommandType, WorkflowStatus>>;
} = {
  PENDING: { start: 'EXECUTING', cancel: 'CANCELLED', enableWaveless: 'PENDING' },
  EXECUTING: {
    pause: 'PAUSED',
    cancel: 'CANCELLED',
    compensate: 'COMPENSATING',
    enableWaveless: 'EXECUTING',
  },
  PAUSED: {
    // the step failed in the meantime, and with it the workflow
    resume: 'FAILED',
    cancel: 'CANCELLED',
    compensate: 'COMPENSATING',
    retryStep: 'PAUSED',
    skipStep: 'PAUSED',
    executeStep: 'PAUSED',
    enableWaveless: 'PAUSED',
  },
  COMPLETED: {},
  FAILED: {
    retry: 'EXECUTING',
    compensate: 'COMPENSATING',
    retryStep: 'FAILED',
    skipStep: 'FAILED',
    executeStep: 'FAILED',
  },
  COMPENSATING: {},
  COMPENSATED: {},
  CANCELLED: {},
};

for (const status of WORKFLOW_STATUSES) {
  test(`the story for ${status} gets there`, (t) => {
    t.is(IN[status]().state.status, status);
  });

  for (const type of OPERATOR_COMMAND_TYPES) {
    const to = LEADS_TO[status][type];
    test(`${type} of a workflow that is ${status} ${to === undefined ? 'is refused' : `leads to ${to}`}`, (t) => {
      const before = IN[status]();
      const after = before.when(COMMANDS[type]);
      if (to !== undefined) {
        t.is(after.decision.kind, 'decided');
        t.is(after.state.status, to);
        return;
      }
      const allowed = OPERATOR_COMMAND_TYPES.filter((other) => other in LEADS_TO[status]);
      after.expect(t, {
        refused: new RegExp(`^${type} is not allowed: the workflow is ${status}`),
      });
      after.expect(t, { allowed });
      t.is(after.state, before.state);
    });
  }
}

test('news of a workflow that has ended, or has not begun, changes nothing', (t) => {
  for (const status of ['PENDING', 'COMPLETED', 'COMPENSATED', 'CANCELLED'] as const) {
    const story = IN[status]();
    for (const news of [succeeds('bad'), fails('bad'), undone('undo'), undoFails('undo')]) {
      story.when(news).expect(t, { events: [], status });
    }
    story.after(1e9).when(wake('undo', 'bad')).expect(t, { events: [], status });
  }
});

test('news of a step that does not exist changes nothing', (t) => {
  IN.EXECUTING().when(succeeds('ghost')).expect(t, { events: [], status: 'EXECUTING' });
});

test('a retry is refused when all are used up, and the message says so', (t) => {
  const failed = givenWith(definition, { maxRetries: 1 }, succeeds('undo'), fails('bad'));
  failed
    .and(retry, fails('bad'))
    .when(retry)
    .expect(t, { refused: /its 1 retries are used up/, status: 'FAILED' });
});

test('compensation of a workflow that has done nothing yet is done at once', (t) => {
  given(definitionOf([read('a')]))
    .when(compensate)
    .expect(t, {
      events: [
        { type: 'WorkflowFailed', errorCode: 'MANUAL_COMPENSATION' },
        { type: 'WorkflowCompensationStarted', stepsToCompensate: [] },
        { type: 'WorkflowCompensationCompleted', compensatedStepIds: [], successful: true },
      ],
      status: 'COMPENSATED',
    });
});

test('compensation is refused after a pivot, as long as nothing was done after it', (t) => {
  const shipped = given(
    definitionOf([call('pick'), pivot('ship', ['pick']), call('bill', ['ship'])]),
    succeeds('pick'),
    succeeds('ship'),
  );
  // the bill may be on its way
  shipped.when(compensate).expect(t, { status: 'COMPENSATING' });
  shipped
    .and(fails('bill'))
    .when(compensate)
    .expect(t, {
      refused: /has passed a pivot/,
      allowed: ['retry', 'retryStep', 'skipStep', 'executeStep'],
      status: 'FAILED',
    });
});

test('cancellation that asks for undo, of a workflow that has done nothing, just cancels', (t) => {
  for (const status of ['PENDING'] as const) {
    IN[status]()
      .when(cancelAndUndo)
      .expect(t, { events: ['WorkflowCancelled'], status: 'CANCELLED' });
  }
  given(definitionOf([read('a')]))
    .when(cancelAndUndo)
    .expect(t, { events: ['WorkflowCancelled'], status: 'CANCELLED' });
});
