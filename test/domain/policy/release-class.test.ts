import test from 'ava';
import fc from 'fast-check';
import {
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
    expectedMs: 0,
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
  const expectedMs = 5000;
  const classWith = (slack: number) =>
    releaseClass(order({ cutOffAt: NOW + expectedMs + slack, expectedMs }), NOW, RULES);
  t.is(classWith(SHORT_SLACK_MS), 'LOW');
  t.is(classWith(SHORT_SLACK_MS - 1), 'NORMAL');
  t.is(classWith(URGENT_SLACK_MS - 1), 'HIGH');
  t.is(classWith(-1000), 'HIGH');
});

test('a cut-off that has passed raises nothing', (t) => {
  t.is(releaseClass(order({ cutOffAt: NOW }), NOW, RULES), 'LOW');
  t.is(releaseClass(order({ cutOffAt: NOW + 1 }), NOW, RULES), 'HIGH');
});

test('slack is the cut-off less the expected time; without a cut-off there is none', (t) => {
  t.is(slackMs({ cutOffAt: NOW + 100, expectedMs: 30 }, NOW), 70);
  t.is(slackMs({ cutOffAt: null, expectedMs: 30 }, NOW), null);
});

test('no order ever falls below its own class, and time alone never lowers it before its cut-off', (t) => {
  const anyOrder = fc.record({
    priority: fc.constantFrom(...WORKFLOW_PRIORITIES),
    waitedMs: fc.integer({ min: -1000, max: 1e8 }),
    untilCutOffMs: fc.option(fc.integer({ min: 1, max: 1e8 })),
    expectedMs: fc.integer({ min: 0, max: 1e7 }),
    laterMs: fc.integer({ min: 0, max: 1e8 }),
  });
  fc.assert(
    fc.property(anyOrder, ({ priority, waitedMs, untilCutOffMs, expectedMs, laterMs }) => {
      const cutOffAt = untilCutOffMs === null ? null : NOW + untilCutOffMs;
      const one = order({ priority, waitingSince: NOW - waitedMs, cutOffAt, expectedMs });
      const rank = (at: number) => WORKFLOW_PRIORITIES.indexOf(releaseClass(one, at, RULES));
      t.true(rank(NOW) <= WORKFLOW_PRIORITIES.indexOf(priority));
      const later = Math.min(NOW + laterMs, (cutOffAt ?? Infinity) - 1);
      t.true(rank(Math.max(NOW, later)) <= rank(NOW));
    }),
  );
});
