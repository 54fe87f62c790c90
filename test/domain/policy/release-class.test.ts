import test from 'ava';
import fc from 'fast-check';
import { UNKNOWN_DURATION } from '#domain/policy/expected-duration.ts';
import {
  releaseBy,
  releaseClass,
  SHORT_SLACK_MS,
  slackMs,
  URGENT_SLACK_MS,
  type AgingOrder,
} from '#domain/policy/release-class.ts';
import { WORKFLOW_PRIORITIES } from '#domain/workflow/vocabulary.ts';

const NOW = 1_000_000_000;
const RULES = { classWaitMs: 30 * 60_000 };

function order(changes: Partial<AgingOrder>): AgingOrder {
  return {
    workflowId: 'w',
    priority: 'LOW',
    waitingSince: NOW,
    cutOffAt: null,
    expected: UNKNOWN_DURATION,
    ...changes,
  };
}

test('an order keeps its class until it has waited its time, then rises', (t) => {
  const classAfter = (waitedMs: number) =>
    releaseClass(order({ waitingSince: NOW - waitedMs }), NOW, RULES);
  t.is(classAfter(RULES.classWaitMs - 1), 'LOW');
  t.is(classAfter(RULES.classWaitMs), 'NORMAL');
  t.is(classAfter(4 * RULES.classWaitMs - 1), 'NORMAL');
  t.is(classAfter(4 * RULES.classWaitMs), 'HIGH');
  t.is(classAfter(20 * RULES.classWaitMs), 'HIGH');
});

test('as the slack to the cut-off runs out the class rises', (t) => {
  const expected = { slowMs: 5000, fastMs: 1000 };
  const classWith = (slack: number) =>
    releaseClass(order({ cutOffAt: NOW + expected.slowMs + slack, expected }), NOW, RULES);
  t.is(classWith(SHORT_SLACK_MS), 'LOW');
  t.is(classWith(SHORT_SLACK_MS - 1), 'NORMAL');
  t.is(classWith(URGENT_SLACK_MS - 1), 'HIGH');
  t.is(classWith(-1000), 'HIGH');
});

test('a cut-off that can not be met any more raises nothing', (t) => {
  t.is(releaseClass(order({ cutOffAt: NOW }), NOW, RULES), 'LOW');
  t.is(releaseClass(order({ cutOffAt: NOW + 1 }), NOW, RULES), 'HIGH');
  const expected = { slowMs: 5000, fastMs: 1000 };
  t.is(releaseClass(order({ cutOffAt: NOW + 1001, expected }), NOW, RULES), 'HIGH');
  t.is(releaseClass(order({ cutOffAt: NOW + 1000, expected }), NOW, RULES), 'LOW');
});

test('who has lost its carrier is HIGH only after sixteen waits', (t) => {
  const classAfter = (waits: number) =>
    releaseClass(
      order({ cutOffAt: NOW - 1, waitingSince: NOW - waits * RULES.classWaitMs }),
      NOW,
      RULES,
    );
  t.deepEqual([0, 1, 4, 15.9, 16].map(classAfter), ['LOW', 'NORMAL', 'NORMAL', 'NORMAL', 'HIGH']);
});

test('slack is the cut-off less the expected time; without a cut-off that can be met there is none', (t) => {
  const expected = { slowMs: 30, fastMs: 10 };
  t.is(slackMs({ cutOffAt: NOW + 100, expected }, NOW), 70);
  t.is(slackMs({ cutOffAt: NOW + 11, expected }, NOW), -19);
  t.is(slackMs({ cutOffAt: NOW + 10, expected }, NOW), null);
  t.is(slackMs({ cutOffAt: null, expected }, NOW), null);
});

test('within a class the soonest release time goes first, then those without one by age', (t) => {
  const expected = { slowMs: 60_000, fastMs: 1000 };
  const line = [
    order({ workflowId: 'no cut-off, young', waitingSince: NOW - 1 }),
    order({ workflowId: 'late cut-off, old', cutOffAt: NOW + 9e6, waitingSince: NOW - 900 }),
    order({ workflowId: 'lost, but oldest', cutOffAt: NOW, waitingSince: NOW - 9000 }),
    order({ workflowId: 'soon cut-off, young', cutOffAt: NOW + 6e6 }),
    order({ workflowId: 'no cut-off, old', waitingSince: NOW - 5000 }),
    order({ workflowId: 'HIGH', priority: 'HIGH', waitingSince: NOW - 10, cutOffAt: NOW + 9e7 }),
    order({ workflowId: 'HIGH by its wait', waitingSince: NOW - 4 * RULES.classWaitMs }),
  ].map((one) => ({ ...one, expected }));
  const by = (one: AgingOrder) => releaseBy(one, NOW, RULES);
  t.deepEqual(
    line.toSorted((a, b) => by(a) - by(b)).map(({ workflowId }) => workflowId),
    [
      'HIGH by its wait',
      'HIGH',
      'soon cut-off, young',
      'late cut-off, old',
      'lost, but oldest',
      'no cut-off, old',
      'no cut-off, young',
    ],
  );
});

test('no order ever falls below its own class, and time alone never lowers it before its cut-off', (t) => {
  const anyOrder = fc.record({
    priority: fc.constantFrom(...WORKFLOW_PRIORITIES),
    waitedMs: fc.integer({ min: -1000, max: 1e8 }),
    untilCutOffMs: fc.option(fc.integer({ min: 1, max: 1e8 })),
    slowMs: fc.integer({ min: 0, max: 1e7 }),
    laterMs: fc.integer({ min: 0, max: 1e8 }),
  });
  fc.assert(
    fc.property(anyOrder, ({ priority, waitedMs, untilCutOffMs, slowMs, laterMs }) => {
      const cutOffAt = untilCutOffMs === null ? null : NOW + untilCutOffMs;
      const expected = { slowMs, fastMs: 0 };
      const one = order({ priority, waitingSince: NOW - waitedMs, cutOffAt, expected });
      const rank = (at: number) => WORKFLOW_PRIORITIES.indexOf(releaseClass(one, at, RULES));
      t.true(rank(NOW) <= WORKFLOW_PRIORITIES.indexOf(priority));
      const later = Math.min(NOW + laterMs, (cutOffAt ?? Infinity) - 1);
      t.true(rank(Math.max(NOW, later)) <= rank(NOW));
    }),
  );
});
