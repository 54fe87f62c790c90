import type { Result } from '#bench/support/task.ts';

/** Measures wall and CPU time of this process from now on, and its memory at the end. */
export function stopwatch(): () => Pick<Result, 'wallMs' | 'cpuMs' | 'rssBytes'> {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return {
      wallMs: performance.now() - wall,
      cpuMs: (user + system) / 1000,
      rssBytes: process.memoryUsage.rss(),
    };
  };
}

/** Notes memory every minute, after a collection where the process was started with --expose-gc. */
export function memoryLog(): { readonly entries: Result['memory']; stop(): void } {
  const entries: Result['memory'] = [];
  const timer = setInterval(() => {
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    entries.push({ rssBytes: rss, heapBytes: heapUsed });
    process.stderr.write(
      `minute ${entries.length}: RSS ${mib(rss)} MiB, heap ${mib(heapUsed)} MiB\n`,
    );
  }, 60_000);
  return { entries, stop: () => clearInterval(timer) };
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
