import test from 'ava';
import { readBenchOptions } from '#bench/options.ts';

test('without arguments the engine is compared, on SQLite, in one process', (t) => {
  const options = { workflows: 3000, warmUp: 9000, rounds: 3, store: 'sqlite', processes: 1 };
  t.deepEqual(readBenchOptions([]), {
    kind: 'run',
    options: { ...options, study: { name: 'compare' } },
  });
});

test('processes get warm by three times as many workflows as are measured, unless told otherwise', (t) => {
  const warmUpOf = (...args: string[]) => {
    const read = readBenchOptions(args);
    return read.kind === 'run' && read.options.warmUp;
  };
  t.is(warmUpOf('--workflows', '500'), 1500);
  t.is(warmUpOf('--workflows', '500', '--warm-up', '0'), 0);
});

for (const [args, study] of [
  [['--stored', '100000'], { name: 'stored', workflows: 100_000 }],
  [['--backlog', '10000'], { name: 'backlog', workflows: 10_000 }],
  [['--soak', '20'], { name: 'soak', minutes: 20 }],
  [['--events', '--per-second', '50'], { name: 'events', perSecond: 50 }],
  [['--wire', '--store', 'mongodb'], { name: 'wire' }],
] as const) {
  test(`${args.join(' ')} measures that instead`, (t) => {
    const read = readBenchOptions(args);
    t.deepEqual(read.kind === 'run' && read.options.study, study);
  });
}

for (const args of [
  ['--workflows', 'many'],
  ['--warm-up', '-1'],
  ['--stored', '0'],
  ['--soak', '-1'],
  ['--stored', '10', '--backlog', '10'],
  ['--backlog', '10', '--processes', '2'],
  ['--store', 'memory', '--processes', '2'],
  ['--wire'],
  ['--fast'],
]) {
  test(`${args.join(' ')} is no good, and the message says why`, (t) => {
    const read = readBenchOptions(args);
    t.true(read.kind === 'invalid' && read.message.length > 10);
  });
}
