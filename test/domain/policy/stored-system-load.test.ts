import test from 'ava';
import { parseJson } from '#domain/parse-json.ts';
import { storedSystemLoad } from '#domain/policy/stored-system-load.ts';

const SNAPSHOT = { at: 1, score: 50, freeCapacity: 50, errorRate: 0.5 };

test('a load is read as it was written', (t) => {
  const load = { snapshots: [SNAPSHOT, { ...SNAPSHOT, at: 2 }] };
  t.deepEqual(storedSystemLoad(parseJson(JSON.stringify(load))), load);
});

for (const [what, value] of [
  ['something else', []],
  ['no snapshots', {}],
  ['a snapshot that is none', { snapshots: [null] }],
  ['a score beyond 100', { snapshots: [{ ...SNAPSHOT, score: 101 }] }],
  ['an error rate beyond 1', { snapshots: [{ ...SNAPSHOT, errorRate: 2 }] }],
  ['a figure that is text', { snapshots: [{ ...SNAPSHOT, freeCapacity: '50' }] }],
  ['a time before all times', { snapshots: [{ ...SNAPSHOT, at: -1 }] }],
] as const) {
  test(`${what} is no load`, (t) => {
    t.is(storedSystemLoad(value), null);
  });
}
