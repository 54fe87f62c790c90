import test from 'ava';
import { createTally } from '../../../scripts/demo/tally.ts';

function tallyOf(...events: readonly [event: string, facts?: object][]) {
  const tally = createTally();
  for (const [event, facts] of events) {
    const data = JSON.stringify({ data: { workflowInstanceId: 'w', ...facts } });
    tally.note({ id: '', event, data });
  }
  return tally;
}

test('a workflow that failed rests only if nothing is undone after it', (t) => {
  const failed = (compensationRequired: boolean) =>
    tallyOf(['workflow.started'], ['workflow.failed', { compensationRequired }]);
  t.true(failed(false).hasEnded('w'));
  t.false(failed(true).hasEnded('w'));
});

test('a workflow rests when its compensation is over, however that went', (t) => {
  const undone = (successful: boolean) =>
    tallyOf(
      ['workflow.failed', { compensationRequired: true }],
      ['workflow.compensation.started'],
      ['workflow.compensation.completed', { successful }],
    );
  t.is(undone(true).statusOf('w'), 'COMPENSATED');
  t.is(undone(false).statusOf('w'), 'FAILED');
  t.true(undone(true).hasEnded('w') && undone(false).hasEnded('w'));
});

test('only attempts that are followed by another are retries', (t) => {
  const tally = tallyOf(
    ['workflow.step.failed', { willRetry: true }],
    ['workflow.step.failed', { willRetry: false }],
    ['workflow.step.executed'],
  );
  t.is(tally.retries(), 1);
  t.is(tally.stepsExecuted(), 1);
});

test('events about no workflow, and workflows nobody told of, change nothing', (t) => {
  const tally = createTally();
  tally.note({ id: '', event: 'system.load.rebalanced', data: '{"data":{}}' });
  t.false(tally.hasEnded('w'));
  t.is(tally.statusOf('w'), null);
});
