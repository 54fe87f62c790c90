import { compete, type Arena } from '#bench/support/contest.ts';
import { table } from '#bench/support/figures.ts';
import type { StudyOptions } from '#bench/studies/options.ts';

const PER_SECOND = 50;

/** A steady load for some minutes: does memory stay flat? */
export async function soak(arena: Arena, { store }: StudyOptions, minutes: number): Promise<void> {
  const workflows = Math.round(minutes * 60 * PER_SECOND);
  const task = { store, mode: 'soak', workflows, perSecond: PER_SECOND, stored: 0 } as const;
  const { memory } = await compete('engine', arena, task);
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  const rows = memory.map(({ rssBytes, heapBytes }, i) => [
    String(i + 1),
    mib(rssBytes),
    mib(heapBytes),
  ]);
  console.log(table([['minute', 'RSS MiB', 'heap MiB'], ...rows]));
  console.log(JSON.stringify({ soakMinutes: minutes, memory }));
}
