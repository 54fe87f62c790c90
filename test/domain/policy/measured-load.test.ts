import test from 'ava';
import { loadMetrics, loadScore } from '#domain/policy/load-score.ts';
import { measuredReading, type MeasuredInstance } from '#domain/policy/measured-load.ts';

function scoreOf(changes: Partial<MeasuredInstance>): number {
  const idle = {
    serviceName: 'a',
    url: 'http://a',
    latencyMs: 100,
    baselineMs: 100,
    errorRate: 0,
    inFlight: 0,
    ceiling: 10,
    queueDepth: 0,
  };
  const metrics = loadMetrics(measuredReading({ ...idle, ...changes }, 1));
  if ('kind' in metrics) throw new Error(metrics.reason);
  return loadScore(metrics);
}

test('an instance that answers as ever and has nothing to do bears no load', (t) => {
  t.is(scoreOf({}), 0);
  t.is(scoreOf({ latencyMs: null, baselineMs: null }), 0);
  t.is(scoreOf({ latencyMs: 50 }), 0, 'faster than ever is no negative load');
});

test('a call that takes twice as long as the work itself says that the server is half busy', (t) => {
  t.is(scoreOf({ latencyMs: 200 }), 15);
  t.is(scoreOf({ latencyMs: 1000 }), 27);
});

test('calls under way, waiting jobs and failures count as in the score of SPEC 4', (t) => {
  t.is(scoreOf({ inFlight: 5 }), 15);
  t.is(scoreOf({ inFlight: 50 }), 30, 'more than all is all');
  t.is(scoreOf({ queueDepth: 500 }), 10);
  t.is(scoreOf({ errorRate: 0.5 }), 10);
  t.is(scoreOf({ latencyMs: 1e9, inFlight: 10, queueDepth: 1000, errorRate: 1 }), 99.999997);
});
