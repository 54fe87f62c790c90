import test from 'ava';
import { createTurns } from '#application/turns.ts';

test('work under one key runs one after the other, in the order in which it was asked for', async (t) => {
  const inTurn = createTurns();
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  const seen: string[] = [];
  const first = inTurn('a', async () => {
    seen.push('first begins');
    await gates[0].promise;
    seen.push('first ends');
  });
  const second = inTurn('a', async () => {
    seen.push('second begins');
    await gates[1].promise;
  });
  const third = inTurn('a', async () => void seen.push('third begins'));
  gates[1].resolve();
  gates[0].resolve();
  await Promise.all([first, second, third]);
  t.deepEqual(seen, ['first begins', 'first ends', 'second begins', 'third begins']);
});

test('work under different keys does not wait', async (t) => {
  const inTurn = createTurns();
  const gate = Promise.withResolvers<void>();
  const slow = inTurn('a', () => gate.promise);
  t.is(await inTurn('b', async () => 7), 7);
  gate.resolve();
  await slow;
});

test('work that fails fails for its own caller only', async (t) => {
  const inTurn = createTurns();
  const failing = inTurn('a', async () => {
    throw new Error('no');
  });
  const after = inTurn('a', async () => 'yes');
  await t.throwsAsync(failing, { message: 'no' });
  t.is(await after, 'yes');
});
