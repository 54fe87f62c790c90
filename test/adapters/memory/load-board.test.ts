import { createMemoryLoadBoard } from '#adapters/memory/load-board.ts';
import { loadBoardContract } from '#test/contracts/load-board.ts';
import { createFakeClock } from '#test/support/fake-clock.ts';

loadBoardContract('memory', () => {
  const clock = createFakeClock();
  return Promise.resolve({ board: createMemoryLoadBoard(clock), clock });
});
