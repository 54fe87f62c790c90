import test from 'ava';
import { readOptions } from '../../../scripts/demo/options.ts';

test('without arguments 300 made-up orders', (t) => {
  const options = { seed: 1, count: 300, ordersFile: null, servers: false };
  t.deepEqual(readOptions([]), { kind: 'run', options });
});

test('seed, number and file can be given', (t) => {
  const args = ['--seed', '7', '--count', '20', '--orders', 'day.csv'];
  const options = { seed: 7, count: 20, ordersFile: 'day.csv', servers: false };
  t.deepEqual(readOptions(args), { kind: 'run', options });
});

test('on servers there are fewer orders, unless somebody says how many', (t) => {
  const options = { seed: 1, count: 100, ordersFile: null, servers: true };
  t.deepEqual(readOptions(['--servers']), { kind: 'run', options });
  t.like(readOptions(['--servers', '--count', '7']), { options: { count: 7 } });
});

test('help is asked for', (t) => {
  t.deepEqual(readOptions(['--help']), { kind: 'help' });
});

for (const args of [
  ['--count', '0'],
  ['--count', '1e3'],
  ['--seed', '-1'],
  ['--orders'],
  ['--fast'],
  ['day.csv'],
]) {
  test(`${args.join(' ')} is no good, and the message says why`, (t) => {
    const result = readOptions(args);
    t.is(result.kind, 'invalid');
    t.true(result.kind === 'invalid' && result.message.length > 10);
  });
}
