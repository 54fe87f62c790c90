import { z } from 'zod';
import { isoTime } from '#api/schemas/common.ts';
import { systemLoadSchema } from '#api/schemas/load.ts';

const count = z.int().nullable().describe('null: the store can not say');

/** GET /orchestration/health (SPEC 5). */
export const healthSchema = z
  .strictObject({
    status: z.enum(['UP', 'DEGRADED', 'DOWN']),
    version: z.string(),
    activeWorkflows: count,
    pendingWorkflows: count,
    completedWorkflows: count,
    failedWorkflows: count,
    systemUtilization: z.number().min(0).max(100),
    timestamp: isoTime,
    dependencies: z.record(
      z.string(),
      z.strictObject({ status: z.enum(['UP', 'DOWN']), why: z.string().nullable() }),
    ),
    eventBacklog: z
      .strictObject({
        events: z.int().describe('Of the log, internal ones included; about'),
        ageMs: z.number().describe('Since when the oldest of them waits; 0: none does'),
      })
      .nullable()
      .describe('What has still to go out to Kafka; null: there is no Kafka'),
    breakers: z.array(
      z.strictObject({
        serviceName: z.string(),
        state: z.enum(['closed', 'open', 'half-open']),
        since: isoTime,
        openUntil: isoTime.nullable().describe('When calls to the service are tried again'),
        reason: z.string().nullable().describe('Why it opened'),
        parked: z.int().nullable().describe('Jobs that wait behind it; null: Redis can not say'),
      }),
    ),
  })
  .meta({ id: 'SystemHealth' });

/** GET /orchestration/metrics (SPEC 5). */
export const metricsSchema = z
  .strictObject({
    totalWorkflows: z.int(),
    activeWorkflows: z.int(),
    highPriorityWorkflows: z.int(),
    normalPriorityWorkflows: z.int(),
    lowPriorityWorkflows: z.int(),
    averageExecutionTimeMs: z.number().describe('Of completed workflows; 0 while there is none'),
    successRate: z
      .number()
      .min(0)
      .max(100)
      .describe('COMPLETED of all that ran to an end; 100 while none has failed or completed'),
    systemLoad: z
      .number()
      .min(0)
      .max(1)
      .describe('Of all services; of this process while no monitor is at work'),
    queueDepth: z
      .int()
      .nullable()
      .describe('Jobs waiting, delayed and active; null: Redis can not say'),
    load: systemLoadSchema.nullable().describe('null: no monitor is at work'),
    additionalMetrics: z.record(z.string(), z.number()),
  })
  .meta({ id: 'LoadMetrics' });

export type HealthResponse = z.infer<typeof healthSchema>;
export type MetricsResponse = z.infer<typeof metricsSchema>;
