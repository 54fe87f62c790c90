import test from 'ava';
import { chainsOf } from '#application/dispatch.ts';
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
function chainsAfter(steps: readonly StepDefinition[], ...commands: readonly WorkflowCommand[]) {
  const definition = definitionOf(steps);
  let decision = decideCreation(definition, 'w', creationOf(definition), 0);
  for (const command of commands) {
    const next = decide(decision.state, command, 100);
    if (next.kind === 'illegal') throw new Error(next.message);
    decision = next;
  }
  return chainsOf(decision.events, decision.state, 100);
}

test('a segment is one chain, each step on the queue of its service with the attempts of its policy', (t) => {
  const chains = chainsAfter([
    call('a', [], { retry: RETRY_POLICIES.aggressive }),
    call('b', ['a'], { serviceName: 'stock', retry: RETRY_POLICIES.conservative }),
  ]);
  const job = { workflowId: 'w', dispatch: 1, delayMs: 0 };
  t.deepEqual(chains, [
    {
      priority: 'NORMAL',
      direction: 'do',
      jobs: [
        { ...job, stepId: 'a', serviceName: 'inventory-service', attempts: 6 },
        { ...job, stepId: 'b', serviceName: 'stock', attempts: 3 },
      ],
    },
  ]);
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
