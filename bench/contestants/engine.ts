import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '#adapters/telemetry/logger.ts';
import { readConfig } from '#composition/config.ts';
import { startEngine } from '#composition/engine.ts';
import { reconcilerRole } from '#composition/reconciler-role.ts';
import { workerRole } from '#composition/worker-role.ts';
import { finish, SERVICES, startAll, stopwatch, taskFromArgv } from '#bench/support/task.ts';

/** The engine doing the same five jobs, in one process as the baseline: starts, worker, reconciler and store. */
const task = taskFromArgv();
const folder = await mkdtemp(join(tmpdir(), 'wes-bench-'));
const servicesFile = join(folder, 'services.json');
const services = SERVICES.map((name) => [name, { instances: [task.stubUrl] }] as const);
await writeFile(servicesFile, JSON.stringify({ services: Object.fromEntries(services) }));

const settings = {
  REDIS_URL: task.redisUrl,
  SERVICES_FILE: servicesFile,
  STORE_URL: task.storeUrl === 'sqlite' ? `sqlite:${join(folder, 'wes.db')}` : task.storeUrl,
  LOG_LEVEL: 'warn',
};
const read = readConfig(settings, true);
if (read.kind === 'invalid') throw new Error(JSON.stringify(read.faults));
const engine = await startEngine(read.config, createLogger(read.config.log));
await engine.orchestration.saveDefinition({
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
});
if (task.mode !== 'waiting') {
  await workerRole(null)(engine);
  await reconcilerRole(engine);
}

const measured = stopwatch();
await startAll(task, 50, async (index) => {
  const result = await engine.orchestration.startWorkflow({
    workflowDefinitionId: 'five-steps',
    workflowName: 'bench',
    workflowType: 'PICKING',
    triggeredBy: 'bench',
    correlationId: null,
    inputParameters: { orderId: `w${index}` },
    enableWaveless: false,
    maxRetries: 3,
    timeoutMs: null,
    priority: 'NORMAL',
    callbackUrl: null,
    metadata: {},
    idempotency: null,
  });
  if (result.kind !== 'started') throw new Error(JSON.stringify(result));
});
if (task.mode !== 'waiting') await allCompleted();
const figures = measured();
finish({ ...figures, latenciesMs: task.mode === 'latency' ? await latencies() : [] });

async function allCompleted(): Promise<void> {
  for (;;) {
    const { byStatus } = await engine.store.counts();
    if (byStatus.COMPLETED === task.workflows) return;
    if (byStatus.FAILED > 0) throw new Error(`${byStatus.FAILED} workflows failed`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function latencies(): Promise<number[]> {
  const heads = await engine.store.list({}, null, task.workflows);
  return heads.map((head) => (head.completedAt ?? Infinity) - head.createdAt);
}
