import { compete, type Arena } from '#bench/support/contest.ts';
import { median, table } from '#bench/support/figures.ts';
import type { StudyOptions } from '#bench/studies/options.ts';

const STEPS = 5;

/** Does a step cost more when the store holds many finished workflows? Alternating rounds, empty and full. */
export async function stored(arena: Arena, options: StudyOptions, count: number): Promise<void> {
  const costs = new Map<number, number[]>([
    [0, []],
    [count, []],
  ]);
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const [size, cpuMs] of costs) {
      const { workflows, warmUp, store } = options;
      const kind = { store, mode: 'throughput', perSecond: 1 } as const;
      const task = { ...kind, workflows, warmUp, stored: size };
      const result = await compete('engine', arena, task);
      cpuMs.push(result.cpuMs / workflows / STEPS);
      console.log(
        `round ${round}, ${size} stored: ${((workflows / result.wallMs) * 1000).toFixed(0)} workflows/s`,
      );
    }
  }
  const [empty = NaN, full = NaN] = [...costs.values()].map((cpuMs) => median(cpuMs));
  console.log(
    table([
      ['', 'empty store', `${count} stored`, 'ratio'],
      ['CPU ms per step', empty.toFixed(3), full.toFixed(3), (full / empty).toFixed(2)],
    ]),
  );
  console.log(JSON.stringify({ stored: count, emptyMs: empty, fullMs: full, ratio: full / empty }));
}
