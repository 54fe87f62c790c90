import test from 'ava';
import { readOptions } from './options.ts';
import { STORES } from './stores.ts';

const LETTERS = ['a', 'b', 'c'];

test('without arguments all cases run, in the short shape, under a seed of their own', (t) => {
  const read = readOptions([], LETTERS);
  if (read.kind !== 'run') return t.fail(read.kind);
  const { seed, ...rest } = read.options;
  t.true(Number.isInteger(seed) && seed >= 0);
  t.deepEqual(rest, { long: false, only: null, store: STORES[0], atOnce: rest.atOnce });
});

test('cases, shape, seed, store and how many at a time can be chosen', (t) => {
  const args = ['--long', '--only', 'a, c', '--seed', '7', '--store', 'sqlite', '--at-once', '1'];
  t.deepEqual(readOptions(args, LETTERS), {
    kind: 'run',
    options: { long: true, only: ['a', 'c'], seed: 7, store: STORES[0], atOnce: 1 },
  });
});

for (const args of [
  ['--only', 'a,x'],
  ['--seed', '-1'],
  ['--at-once', '0'],
  ['--store', 'paper'],
  ['--fast'],
  ['a'],
]) {
  test(`${args.join(' ')} is no good, and the message says why`, (t) => {
    const read = readOptions(args, LETTERS);
    t.true(read.kind === 'invalid' && read.message.length > 10);
  });
}
