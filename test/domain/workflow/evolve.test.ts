import test from 'ava';
import { decideCreation } from '#domain/workflow/decide.ts';
import { eventId, type RecordedEvent, type WorkflowEvent } from '#domain/workflow/events.ts';
import { fold } from '#domain/workflow/evolve.ts';
import { stepDefinition, stepOf } from '#domain/workflow/state.ts';
import { call, creationOf, definitionOf } from '#test/support/domain-definitions.ts';

/** Logs that this engine never writes are refused, not guessed at. */
const definition = definitionOf([call('a')]);
const { events: log, state } = decideCreation(definition, 'w', creationOf(definition), 0);

function continued(event: WorkflowEvent, version = log.length + 1): readonly RecordedEvent[] {
  return [...log, { workflowId: 'w', version, occurredAt: 1, event }];
}

test('an empty log is no workflow', (t) => {
  t.is(fold(definition, []), null);
});

test('a log folds into the state that its decisions gave', (t) => {
  t.deepEqual(fold(definition, log), state);
});

test('a log with a gap is refused', (t) => {
  const resumed = continued({ type: 'StepAbandoned', stepId: 'a' }, log.length + 2);
  t.throws(() => fold(definition, resumed), { message: /has a gap: version 5 after 3/ });
  t.throws(() => fold(definition, log.slice(1)), { message: /has a gap: version 2 after 0/ });
});

test('a log that does not begin with the creation is refused', (t) => {
  const event: WorkflowEvent = { type: 'WorkflowStarted', deadlineAt: 1 };
  t.throws(() => fold(definition, [{ workflowId: 'w', version: 1, occurredAt: 0, event }]), {
    message: /begins with WorkflowStarted/,
  });
});

test('a second creation is refused', (t) => {
  const again: WorkflowEvent = { type: 'WorkflowCreated', ...creationOf(definition) };
  t.throws(() => fold(definition, continued(again)), { message: /a second WorkflowCreated/ });
});

test('a log that names a step which the definition has not is refused', (t) => {
  t.throws(() => fold(definition, continued({ type: 'StepAbandoned', stepId: 'ghost' })), {
    message: 'step ghost is not in workflow w',
  });
  t.throws(() => stepOf(state, 'ghost'), { message: /not in workflow w/ });
  t.throws(() => stepDefinition(definition, 'ghost'), { message: /not in definition tested/ });
});

test('an event is known by its place in the log', (t) => {
  t.deepEqual(
    log.map((recorded) => eventId(recorded)),
    ['w.1', 'w.2', 'w.3'],
  );
});
