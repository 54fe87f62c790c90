import { totalmem } from 'node:os';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { ProcessSample, ProcessSampler } from '#application/ports/process-load.ts';

/** How often the event loop is probed; what it measures includes this time. */
const RESOLUTION_MS = 20;

/** Measures this process from one sample to the next. It is meant for one asker: each sample begins a new interval. */
export function createProcessSampler(): ProcessSampler {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let loop = performance.eventLoopUtilization();
  let cpu = process.cpuUsage();
  let sampledAt = performance.now();
  return {
    sample(): ProcessSample {
      const now = performance.now();
      const elapsedMs = Math.max(1, now - sampledAt);
      const used = process.cpuUsage(cpu);
      const { utilization } = performance.eventLoopUtilization(loop);
      const meanMs = delay.mean / 1e6;
      const sample = {
        cpuPercent: Math.max(0, (used.user + used.system) / 10 / elapsedMs),
        memoryPercent: memoryPercent(),
        loopUtilization: within(utilization, 1),
        // no probe came back yet: the histogram is empty and its mean no number
        loopDelayMs: Number.isFinite(meanMs) ? Math.max(0, meanMs - RESOLUTION_MS) : 0,
      };
      delay.reset();
      loop = performance.eventLoopUtilization();
      cpu = process.cpuUsage();
      sampledAt = now;
      return sample;
    },
    stop() {
      delay.disable();
    },
  };
}

/** Of the memory of the container, or of the machine where there is no limit. */
function memoryPercent(): number {
  const limit = Math.min(process.constrainedMemory() || Infinity, totalmem());
  return within((process.memoryUsage.rss() / limit) * 100, 100);
}

function within(value: number, max: number): number {
  return Math.min(max, Math.max(0, value));
}
