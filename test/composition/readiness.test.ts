import test from 'ava';
import { withinPatience } from '#composition/readiness.ts';

test('a process is ready when its preparations are done, well or not', async (t) => {
  const done: string[] = [];
  const later = new Promise<void>((resolve) => {
    setTimeout(() => {
      done.push('later');
      resolve();
    }, 20);
  });
  await withinPatience([later, Promise.reject(new Error('Redis is away'))]);
  t.deepEqual(done, ['later']);
});

test('what never ends holds it up for two seconds at most', async (t) => {
  const begunAt = performance.now();
  await withinPatience([new Promise(() => {})]);
  t.true(performance.now() - begunAt < 10_000);
});
