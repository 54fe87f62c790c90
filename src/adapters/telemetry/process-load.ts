import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import type { ProcessLoad } from '#application/ports/process-load.ts';

/** A reading is kept this long, so that many askers don't measure ever shorter intervals. */
const INTERVAL_MS = 1000;

/** Measures this process: how much of the last interval its event loop was busy, and what memory it holds. */
export function createProcessLoad(): ProcessLoad {
  let before: EventLoopUtilization = performance.eventLoopUtilization();
  let measuredAt = performance.now();
  let utilization = before.utilization;

  return {
    utilization() {
      const now = performance.now();
      if (now - measuredAt >= INTERVAL_MS) {
        const current = performance.eventLoopUtilization();
        utilization = performance.eventLoopUtilization(current, before).utilization;
        before = current;
        measuredAt = now;
      }
      return Math.min(1, Math.max(0, utilization));
    },
    figures() {
      const { rss, heapUsed } = process.memoryUsage();
      return {
        processUptimeSeconds: process.uptime(),
        processResidentBytes: rss,
        processHeapUsedBytes: heapUsed,
      };
    },
  };
}
