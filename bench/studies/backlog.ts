import { compete, type Arena } from '#bench/support/contest.ts';
import { median, percentile, spread } from '#bench/support/figures.ts';
import type { StudyOptions } from '#bench/studies/options.ts';

/** LOW workflows wait, then HIGH ones come, one at a time: how long from acceptance to the first call? */
export async function backlog(arena: Arena, options: StudyOptions, count: number): Promise<void> {
  const startMs: number[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    const { store } = options;
    const task = { store, mode: 'backlog', workflows: count, perSecond: 1, stored: 0 } as const;
    const { latenciesMs } = await compete('engine', arena, task);
    startMs.push(...latenciesMs);
    console.log(`round ${round}: HIGH behind ${count} LOW began after ${spread(latenciesMs)}`);
  }
  console.log(
    JSON.stringify({
      backlog: count,
      highStartMs: median(startMs),
      highStartP95Ms: percentile(startMs, 0.95),
    }),
  );
}
