import { z } from 'zod';
import type { Heartbeat, LoadView, RebalanceRequest } from '#application/ports/load-board.ts';

/** What stands on the board in Redis. Whoever can reach Redis can write there: it is read as untrusted. */

const amount = z.number().min(0);
const percent = amount.max(100);
const share = amount.max(1);
const name = z.string().max(200);

const callTally = z.object({
  serviceName: name,
  instance: z.string().max(2000),
  calls: amount,
  failures: amount,
  latencyMs: amount,
  inFlight: amount,
  peakInFlight: amount,
});

export const heartbeatSchema: z.ZodType<Heartbeat> = z.object({
  processId: name,
  name,
  at: amount,
  queues: z.array(z.object({ queue: name, concurrency: amount })),
  cpuPercent: amount,
  memoryPercent: percent,
  loopUtilization: share,
  loopDelayMs: amount,
  calls: z.array(callTally),
});

const reading = z.object({
  serviceId: z.string(),
  serviceName: name,
  cpuUsagePercent: percent,
  memoryUsagePercent: percent,
  activeRequests: amount,
  queueDepth: amount,
  averageResponseTimeMs: amount,
  errorRate: share,
  timestamp: amount,
});

const instanceLoad = z.object({
  url: z.string().max(2000),
  source: z.enum(['reported', 'measured', 'unknown']),
  reading: reading.nullable(),
  score: percent.nullable(),
  acceptsWork: z.boolean(),
  weight: z.number().gt(0),
});

const throttle = z.object({
  limit: z.int().min(1),
  ceiling: z.int().min(1),
  baselineMs: amount.nullable(),
  since: amount,
  reason: z.string(),
});

const serviceLoad = z.object({
  serviceName: name,
  health: z.enum(['HEALTHY', 'WARNING', 'DEGRADED', 'CRITICAL', 'UNKNOWN']),
  score: percent.nullable(),
  errorRate: share.nullable(),
  averageResponseTimeMs: amount.nullable(),
  queueDepth: amount,
  freeCapacity: percent.nullable(),
  instances: z.array(instanceLoad),
  throttle,
});

const snapshot = z.object({
  at: amount,
  score: percent,
  freeCapacity: percent,
  errorRate: share,
});

const rebalance = z.object({
  at: amount,
  previousUtilization: share,
  currentUtilization: share,
  targetUtilization: share,
  workflowsRebalanced: amount,
  serviceLoads: z.record(name, percent),
  reason: z.string(),
  requestIds: z.array(name),
});

export const requestSchema: z.ZodType<RebalanceRequest> = z.object({
  id: name,
  targetUtilization: share.nullable(),
  at: amount,
});

export const loadViewSchema: z.ZodType<LoadView> = z.object({
  at: amount,
  system: z.object({ snapshots: z.array(snapshot).max(100) }),
  services: z.array(serviceLoad),
  lastRebalance: rebalance.nullable(),
});
