import test from 'ava';
import { chainsOf, type HandOver } from '#application/dispatch.ts';
import type { StepDefinition } from '#domain/definition/definition.ts';
import { RETRY_POLICIES } from '#domain/policy/retry.ts';
import type { WorkflowCommand } from '#domain/workflow/commands.ts';
import { decide, decideCreation } from '#domain/workflow/decide.ts';
import {
  cancelAndUndo,
  pause,
  resume,
  stumbles,
  succeeds,
  wake,
} from '#test/support/domain-commands.ts';
import { call, creationOf, definitionOf, wait } from '#test/support/domain-definitions.ts';

/** The chains that the last command asks for. Created at 0, commands at 100. */
function chainsWith(
  handOver: HandOver,
  steps: readonly StepDefinition[],
  ...commands: readonly WorkflowCommand[]
) {
  const definition = definitionOf(steps);
  let committed: Parameters<typeof chainsOf>[0] = {
    ...decideCreation(definition, 'w', creationOf(definition), 0),
    before: null,
  };
  for (const command of commands) {
    const next = decide(committed.state, command, 100);
    if (next.kind === 'illegal') throw new Error(next.message);
    committed = { ...next, before: committed.state };
  }
  return chainsOf(committed, handOver, 100);
}

const chainsAfter = (steps: readonly StepDefinition[], ...commands: readonly WorkflowCommand[]) =>
  chainsWith('commit', steps, ...commands);

const SEGMENT = [
  call('a', [], { retry: RETRY_POLICIES.aggressive }),
  call('b', ['a'], { serviceName: 'stock', retry: RETRY_POLICIES.conservative }),
];
const JOB = { workflowId: 'w', dispatch: 1, delayMs: 0 };
const JOB_A = { ...JOB, stepId: 'a', place: 0, serviceName: 'inventory-service', attempts: 6 };
const JOB_B = { ...JOB, stepId: 'b', place: 1, serviceName: 'stock', attempts: 3 };
const DO = { priority: 'NORMAL', direction: 'do' };

test('by flow, a segment is one chain, each step on the queue of its service with the attempts of its policy', (t) => {
  t.deepEqual(chainsWith('flow', SEGMENT), [{ ...DO, jobs: [JOB_A, JOB_B] }]);
  t.deepEqual(chainsWith('flow', SEGMENT, succeeds('a')), []);
});

test('by commit, each step of a segment is handed over when the one before it is done', (t) => {
  t.deepEqual(chainsWith('commit', SEGMENT), [{ ...DO, jobs: [JOB_A] }]);
  t.deepEqual(chainsWith('commit', SEGMENT, succeeds('a')), [{ ...DO, jobs: [JOB_B] }]);
  t.deepEqual(chainsWith('commit', SEGMENT, succeeds('a'), succeeds('b')), []);
});

test('by commit, a step that is under way is not handed over again by what happens beside it', (t) => {
  const fork = [call('a'), call('b'), call('c', ['b'])];
  t.like(chainsWith('commit', fork, succeeds('b')), { length: 1, 0: { jobs: [{ stepId: 'c' }] } });
  t.deepEqual(chainsWith('commit', fork, stumbles('a')), [], 'its job comes back by itself');
});

test('by commit, nothing is handed over while the workflow stands still', (t) => {
  t.deepEqual(chainsWith('commit', SEGMENT, pause, succeeds('a')), []);
  const resumed = chainsWith('commit', SEGMENT, pause, succeeds('a'), resume);
  t.like(resumed, { length: 1, 0: { jobs: [{ stepId: 'b', dispatch: 2, place: 1 }] } });
});

test('what is further on comes first, in the next segment as well', (t) => {
  for (const handOver of ['commit', 'flow'] as const) {
    const steps = [call('a'), call('b', ['a']), call('c', ['a'])];
    const places = chainsWith(handOver, steps, succeeds('a')).map(({ jobs }) => jobs[0]?.place);
    t.deepEqual(places, [1, 1]);
  }
});

test('a wait goes to the timer queue, for as long as it lasts', (t) => {
  const [chain] = chainsAfter([call('a'), wait('w', ['a'], { durationMs: 400 })], succeeds('a'));
  t.like(chain?.jobs, [{ stepId: 'w', serviceName: null, attempts: 1, delayMs: 400 }]);
});

test('a step that is tried again later comes later also under a new dispatch', (t) => {
  const commands = [stumbles('a'), pause, resume] as const;
  const [chain] = chainsAfter([call('a')], ...commands);
  t.like(chain?.jobs, [{ stepId: 'a', dispatch: 2, delayMs: 1000 }]);
});

test('what is due already comes at once', (t) => {
  const [chain] = chainsAfter([call('a')], wake('a'));
  t.like(chain?.jobs, [{ stepId: 'a', dispatch: 2, delayMs: 0 }]);
});

test('undo is one chain backwards', (t) => {
  const [chain] = chainsAfter(
    [call('a'), call('b', ['a']), wait('c', ['b'], { durationMs: 400 })],
    succeeds('a'),
    succeeds('b'),
    cancelAndUndo,
  );
  t.is(chain?.direction, 'undo');
  t.like(chain?.jobs, [{ stepId: 'b' }, { stepId: 'a' }]);
});

test('a commit that hands nothing out asks for no chain', (t) => {
  t.deepEqual(chainsAfter([call('a')], pause), []);
});

test('jobs have the class of the order, or the one to which it had risen by its release', (t) => {
  const definition = definitionOf([call('a')]);
  const waiting = decideCreation(
    definition,
    'w',
    { ...creationOf(definition), waveless: true, priority: 'LOW' },
    0,
  );
  const chainOf = (command: WorkflowCommand) => {
    const next = decide(waiting.state, command, 100);
    if (next.kind === 'illegal') throw new Error(next.message);
    return chainsOf({ ...next, before: waiting.state }, 'commit', 100)[0];
  };
  t.like(chainOf({ type: 'start' }), { priority: 'LOW' });
  t.like(chainOf({ type: 'start', releasedAs: 'HIGH' }), { priority: 'HIGH' });
});
