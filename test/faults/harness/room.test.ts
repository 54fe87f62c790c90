import test from 'ava';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import { roomIn } from './room.ts';

test('starts are let in one by one while there is room, and when the store does not answer they wait', async (t) => {
  const answers = [[], ['one'], new Error('away'), ['one'], []];
  const asked: number[] = [];
  const overdue = async (_now: number, limit: number) => {
    asked.push(limit);
    const answer = answers.shift() ?? [];
    if (answer instanceof Error) throw answer;
    return answer as never;
  };
  const room = roomIn({ ...createMemoryStore(), overdue }, 1);
  await Promise.all([room(), room()]);
  t.deepEqual(asked, [1, 1, 1, 1, 1], 'the second one had to ask four times');
});
