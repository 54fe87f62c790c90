import { z } from 'zod';
import { isoTime } from '#api/schemas/common.ts';

const score = z.number().min(0).max(100).nullable().describe('0..100; null: unknown');

const instance = z.strictObject({
  url: z.string(),
  source: z
    .enum(['reported', 'measured', 'unknown'])
    .describe('What it says itself, what the engine sees of it, or nothing for 15 s'),
  score,
  acceptsWork: z.boolean(),
  weight: z.number().describe('Share of the calls, 1 by default; moved by a rebalancing'),
});

const service = z.strictObject({
  serviceName: z.string(),
  health: z.enum(['HEALTHY', 'WARNING', 'DEGRADED', 'CRITICAL', 'UNKNOWN']),
  score,
  errorRate: z.number().min(0).max(1).nullable(),
  averageResponseTimeMs: z.number().nullable(),
  freeCapacity: score,
  queueDepth: z.int().describe('Jobs that wait for it'),
  concurrency: z.strictObject({
    limit: z.int().describe('Calls at once that it gets now, over all processes'),
    ceiling: z.int(),
    since: isoTime,
    reason: z.string(),
  }),
  instances: z.array(instance),
});

/** What a rebalancing did (SPEC 5). */
export const rebalanceSchema = z.strictObject({
  at: isoTime.describe('When its effect was measured'),
  previousUtilization: z.number(),
  currentUtilization: z.number(),
  targetUtilization: z.number(),
  workflowsRebalanced: z.int(),
  serviceLoads: z.record(z.string(), z.number()).describe('Score of each service afterwards'),
  reason: z.string(),
});

/** The load of the system: in the metrics, and as `system.load` in the event stream. */
export const systemLoadSchema = z
  .strictObject({
    at: isoTime,
    score,
    trend: z.enum(['INCREASING', 'DECREASING', 'STABLE']),
    freeCapacity: z.number().min(0).max(100),
    services: z.array(service),
    lastRebalance: rebalanceSchema.nullable(),
  })
  .meta({ id: 'SystemLoad' });

export type SystemLoadResponse = z.infer<typeof systemLoadSchema>;
