import test from 'ava';
import { createCallWindows, sumOfWindows } from '#application/monitor/call-windows.ts';
import type { CallTally, Heartbeat } from '#application/ports/load-board.ts';
import { heartbeatOf } from '#test/support/load-figures.ts';

const NONE = { calls: 0, failures: 0, latencyMs: 0, inFlight: 0, peakInFlight: 0 };

function beat(processId: string, tally: Partial<CallTally>, changes: Partial<Heartbeat> = {}) {
  const instance = { serviceName: 'a', instance: 'http://a' };
  return {
    ...heartbeatOf(processId, 1),
    loopDelayMs: 0,
    calls: [{ ...instance, ...NONE, ...tally }],
    ...changes,
  };
}

test('what a process did before it was first seen counts for nothing', (t) => {
  const windowsOf = createCallWindows();
  const [window] = windowsOf([
    beat('p', { calls: 100, failures: 50, latencyMs: 9000, inFlight: 2 }),
  ]);
  t.like(window, { calls: 0, failures: 0, latencyMs: null, inFlight: 2 });
});

test('all processes are added up, from one look to the next', (t) => {
  const windowsOf = createCallWindows();
  windowsOf([beat('p', {}), beat('q', { calls: 10, latencyMs: 100 })]);
  const [window] = windowsOf([
    beat('p', { calls: 2, failures: 1, latencyMs: 40, inFlight: 1, peakInFlight: 3 }),
    beat('q', { calls: 12, latencyMs: 180, inFlight: 2, peakInFlight: 4 }),
  ]);
  t.deepEqual(window, {
    serviceName: 'a',
    instance: 'http://a',
    calls: 4,
    failures: 1,
    latencyMs: 30,
    inFlight: 3,
    peakInFlight: 7,
  });
});

test('a counter that went back belongs to a new process', (t) => {
  const windowsOf = createCallWindows();
  windowsOf([beat('p', { calls: 10, latencyMs: 100 })]);
  t.like(windowsOf([beat('p', { calls: 3, latencyMs: 30 })])[0], { calls: 0, latencyMs: null });
  t.like(windowsOf([beat('p', { calls: 4, latencyMs: 40 })])[0], { calls: 1, latencyMs: 10 });
});

test("times of a process whose event loop is full are its own, not the service's", (t) => {
  const windowsOf = createCallWindows();
  windowsOf([beat('p', {}), beat('busy', {})]);
  const [window] = windowsOf([
    beat('p', { calls: 1, latencyMs: 20 }, { loopDelayMs: 5 }),
    beat('busy', { calls: 9, latencyMs: 9000 }, { loopUtilization: 0.95 }),
  ]);
  t.like(window, { calls: 10, latencyMs: 15 });
});

test('instances are summed up to their service by their calls', (t) => {
  const window = { serviceName: 'a', failures: 1, inFlight: 1, peakInFlight: 2 };
  const sum = sumOfWindows([
    { ...window, instance: '1', calls: 3, latencyMs: 10 },
    { ...window, instance: '2', calls: 1, latencyMs: 50 },
    { ...window, instance: '3', calls: 5, latencyMs: null },
  ]);
  t.deepEqual(sum, { calls: 9, failures: 3, latencyMs: 20, inFlight: 3, peakInFlight: 6 });
  t.is(sumOfWindows([]).latencyMs, null);
});
