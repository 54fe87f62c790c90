import { compete, type Arena } from '#bench/support/contest.ts';
import { median, percentile, spread } from '#bench/support/figures.ts';
import type { StudyOptions } from '#bench/studies/options.ts';

/**
 * What the governor costs: workflows that are released by it beside workflows that are started at once, in alternating rounds;
 * then HIGH orders, one at a time, behind many LOW ones that wait: how long from acceptance to the first call?
 */
export async function waveless(arena: Arena, options: StudyOptions, count: number): Promise<void> {
  const { store, rounds, workflows, warmUp } = options;
  const cpuMs = { direct: [] as number[], waveless: [] as number[] };
  const wallMs = { direct: [] as number[], waveless: [] as number[] };
  for (let round = 1; round <= rounds; round += 1) {
    for (const way of ['direct', 'waveless'] as const) {
      const kind = { store, mode: 'throughput', perSecond: 1 } as const;
      const task = { ...kind, workflows, warmUp, stored: 0 };
      const result = await compete('engine', arena, { ...task, waveless: way === 'waveless' });
      cpuMs[way].push(result.cpuMs);
      wallMs[way].push(result.wallMs);
      const perSecond = ((workflows / result.wallMs) * 1000).toFixed(0);
      const each = (result.cpuMs / workflows).toFixed(2);
      console.log(`round ${round} ${way}: ${perSecond} workflows/s, ${each} ms of CPU each`);
    }
  }
  const startMs: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const task = { store, mode: 'backlog', workflows: count, perSecond: 1, stored: 0 } as const;
    const { latenciesMs } = await compete('engine', arena, { ...task, waveless: true });
    startMs.push(...latenciesMs);
    console.log(`round ${round}: HIGH behind ${count} LOW began after ${spread(latenciesMs)}`);
  }
  const ratio = (of: typeof cpuMs) => Number((median(of.waveless) / median(of.direct)).toFixed(3));
  console.log(
    JSON.stringify({
      cpuRatio: ratio(cpuMs),
      wallRatio: ratio(wallMs),
      waiting: count,
      highStartMs: median(startMs),
      highStartP95Ms: percentile(startMs, 0.95),
    }),
  );
}
