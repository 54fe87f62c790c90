import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger } from '#adapters/telemetry/logger.ts';
import { SERVICES, type Task } from '#bench/support/task.ts';
import { readConfig } from '#composition/config.ts';
import { startEngine, type Engine } from '#composition/engine.ts';
import type { WorkflowPriority } from '#domain/workflow/vocabulary.ts';

/** Environment of an engine that calls the stub and keeps its state in the task's folder. */
export async function benchSettings(task: Task): Promise<Record<string, string>> {
  const servicesFile = join(task.folder, 'services.json');
  const services = SERVICES.map((name) => [name, { instances: [task.stubUrl] }] as const);
  await writeFile(servicesFile, JSON.stringify({ services: Object.fromEntries(services) }));
  return {
    REDIS_URL: task.redisUrl,
    SERVICES_FILE: servicesFile,
    STORE_URL: task.store === 'sqlite' ? `sqlite:${join(task.folder, 'wes.db')}` : task.store,
    // to measure what it is good for
    STATE_CACHE_SIZE: process.env['STATE_CACHE_SIZE'] ?? '',
    STEP_HANDOVER: process.env['STEP_HANDOVER'] ?? '',
    // whoever measures the release must not be held up by a full lane
    LANE_CAP: '100000',
    LOG_LEVEL: 'warn',
  };
}

/** The engine with the definition of five steps, one per service. */
export async function openBenchEngine(task: Task): Promise<Engine> {
  const read = readConfig(await benchSettings(task), true);
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.faults));
  const engine = await startEngine(read.config, createLogger(read.config.log));
  const saved = await engine.orchestration.saveDefinition(FIVE_STEPS);
  if (saved.kind === 'invalid') throw new Error(JSON.stringify(saved.problems));
  return engine;
}

/** @returns the id of the workflow, which is durable then */
export async function startOne(
  engine: Engine,
  index: number,
  priority: WorkflowPriority,
  enableWaveless = false,
): Promise<string> {
  const result = await engine.orchestration.startWorkflow({
    workflowDefinitionId: FIVE_STEPS.definitionId,
    workflowName: 'bench',
    workflowType: 'PICKING',
    triggeredBy: 'bench',
    correlationId: null,
    inputParameters: { orderId: `w${index}` },
    enableWaveless,
    maxRetries: 3,
    timeoutMs: 3_600_000,
    priority,
    callbackUrl: null,
    metadata: {},
    idempotency: null,
  });
  if (result.kind !== 'started') throw new Error(JSON.stringify(result));
  return result.state.workflowId;
}

export const FIVE_STEPS = {
  definitionId: 'five-steps',
  version: 1,
  workflowType: 'PICKING',
  name: 'Five steps',
  steps: SERVICES.map((serviceName, step) => ({
    stepId: `step-${step}`,
    stepName: `Step ${step}`,
    serviceName,
    operation: `step-${step}`,
    dependencies: step === 0 ? [] : [`step-${step - 1}`],
    input: { orderId: { $from: '/input/orderId' } },
    compensation: { strategy: 'NONE' },
  })),
};
