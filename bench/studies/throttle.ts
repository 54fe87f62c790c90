import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '#adapters/telemetry/logger.ts';
import { table } from '#bench/support/figures.ts';
import {
  startQueueingService,
  type QueueingService,
  type ServiceSecond,
} from '#bench/support/queueing-service.ts';
import { readConfig } from '#composition/config.ts';
import { startEngine, type Engine } from '#composition/engine.ts';
import { monitorRole } from '#composition/monitor-role.ts';
import { reconcilerRole } from '#composition/reconciler-role.ts';
import { workerRole } from '#composition/worker-role.ts';

/** Orders of one step come steadily; for a while the service has a tenth of its places, and so ten times its latency at 50 calls. */
const SERVICE = 'picking-service';
const CALLS = 50;
const ORDERS_PER_SECOND = 60;
const SERVICE_MODEL = { workMs: 100, places: 50, longestLine: 40 };
const SICK_PLACES = 5;
const [HEALTHY_S, SICK_S, AFTER_S] = [10, 30, 40];
const BREAKER_OPEN_MS = 10_000;

type Second = ServiceSecond & { readonly limit: number; readonly breaker: string };
type Course = {
  readonly seconds: readonly Second[];
  readonly completed: number;
  readonly failed: number;
};

/**
 * `--throttle`: a service whose latency rises ten times and falls again, with the throttle and with 50 calls at once whatever happens.
 * @param csvFile the course of every second is written there
 */
export async function throttle(redisUrl: string, csvFile: string): Promise<void> {
  const fixed = await run(redisUrl, false);
  const adaptive = await run(redisUrl, true);
  const csv = [['second', ...HEADINGS.map((name) => `fixed ${name}`), ...HEADINGS]];
  adaptive.seconds.forEach((second, index) => {
    const other = fixed.seconds[index];
    if (other) csv.push([String(index + 1), ...cells(other), ...cells(second)]);
  });
  await writeFile(csvFile, csv.map((row) => row.join(',')).join('\n') + '\n');
  console.log(table(csv.filter((_, index) => index === 0 || index % 2 === 1)));
  const phases = [
    ['healthy', 0, HEALTHY_S],
    ['sick', HEALTHY_S, HEALTHY_S + SICK_S],
    ['afterwards', HEALTHY_S + SICK_S, HEALTHY_S + SICK_S + AFTER_S],
  ] as const;
  console.log(
    table([
      ['phase', 'contestant', 'answered/s', 'refused/s', 'refused', 'mean latency ms'],
      ...phases.flatMap(([phase, from, to]) => [
        [phase, 'fixed 50', ...means(fixed.seconds.slice(from, to))],
        [phase, 'throttle', ...means(adaptive.seconds.slice(from, to))],
      ]),
    ]),
  );
  for (const [name, { completed, failed }] of [
    ['fixed 50', fixed],
    ['throttle', adaptive],
  ] as const) {
    console.log(`${name}: ${completed} workflows completed, ${failed} failed for good`);
  }
}

async function run(redisUrl: string, throttled: boolean): Promise<Course> {
  const folder = await mkdtemp(join(tmpdir(), 'wes-throttle-'));
  const service = await startQueueingService(SERVICE_MODEL);
  const engine = await openEngine(redisUrl, folder, service.url, throttled);
  const roles = [workerRole(null), reconcilerRole, ...(throttled ? [monitorRole] : [])];
  const running = await Promise.all(roles.map((role) => role(engine)));
  try {
    await delay(2000);
    service.takeSecond();
    const seconds = await course(engine, service);
    const { byStatus } = await engine.store.counts();
    return {
      seconds,
      completed: byStatus.COMPLETED,
      failed: byStatus.FAILED + byStatus.COMPENSATED,
    };
  } finally {
    for (const role of running.reverse()) await role.stop(2000);
    await engine.close();
    await service.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function course(engine: Engine, service: QueueingService): Promise<readonly Second[]> {
  const seconds: Second[] = [];
  const queue = engine.queue.queues.find(({ name }) => name === `steps.${SERVICE}`);
  const begunAt = performance.now();
  for (let second = 1; second <= HEALTHY_S + SICK_S + AFTER_S; second += 1) {
    if (second === HEALTHY_S + 1) service.setPlaces(SICK_PLACES);
    if (second === HEALTHY_S + SICK_S + 1) service.setPlaces(SERVICE_MODEL.places);
    await Promise.all(Array.from({ length: ORDERS_PER_SECOND }, () => start(engine)));
    await delay(Math.max(0, begunAt + second * 1000 - performance.now()));
    const limit = (await queue?.getGlobalConcurrency()) ?? CALLS;
    const [breaker] = engine.services
      .breakers()
      .filter(({ serviceName }) => serviceName === SERVICE);
    seconds.push({ ...service.takeSecond(), limit, breaker: breaker?.state ?? 'unknown' });
  }
  return seconds;
}

async function openEngine(
  redisUrl: string,
  folder: string,
  serviceUrl: string,
  throttled: boolean,
) {
  const servicesFile = join(folder, 'services.json');
  const service = { instances: [serviceUrl], breaker: { openMs: BREAKER_OPEN_MS } };
  await writeFile(servicesFile, JSON.stringify({ services: { [SERVICE]: service } }));
  const read = readConfig(
    {
      REDIS_URL: redisUrl,
      QUEUE_PREFIX: throttled ? '{throttle}' : '{fixed}',
      SERVICES_FILE: servicesFile,
      STORE_URL: `sqlite:${join(folder, 'wes.db')}`,
      WORKER_CONCURRENCY: String(CALLS),
      LOG_LEVEL: 'error',
    },
    true,
  );
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.faults));
  const engine = await startEngine(read.config, createLogger(read.config.log));
  const saved = await engine.orchestration.saveDefinition({
    definitionId: 'one-step',
    version: 1,
    workflowType: 'PICKING',
    name: 'One step',
    steps: [
      {
        stepId: 'pick',
        stepName: 'Pick',
        serviceName: SERVICE,
        operation: 'pick',
        dependencies: [],
        input: {},
        compensation: { strategy: 'NONE' },
      },
    ],
  });
  if (saved.kind === 'invalid') throw new Error(JSON.stringify(saved.problems));
  return engine;
}

async function start(engine: Engine): Promise<void> {
  await engine.orchestration.startWorkflow({
    workflowDefinitionId: 'one-step',
    workflowName: 'bench',
    workflowType: 'PICKING',
    triggeredBy: 'bench',
    correlationId: null,
    inputParameters: {},
    enableWaveless: false,
    maxRetries: 3,
    timeoutMs: 3_600_000,
    priority: 'NORMAL',
    callbackUrl: null,
    metadata: {},
    idempotency: null,
  });
}

const HEADINGS = ['limit', 'in house', 'answered', 'refused', 'latency ms', 'breaker'];

function cells({ limit, peak, done, refused, latencyMs, breaker }: Second): string[] {
  const latency = latencyMs === null ? '' : latencyMs.toFixed(0);
  return [String(limit), String(peak), String(done), String(refused), latency, breaker];
}

function means(seconds: readonly Second[]): string[] {
  const sum = (figure: (second: Second) => number) =>
    seconds.reduce((total, second) => total + figure(second), 0);
  const done = sum((second) => second.done);
  const refused = sum((second) => second.refused);
  const latency = sum((second) => (second.latencyMs ?? 0) * second.done) / Math.max(1, done);
  const share = (refused / Math.max(1, done + refused)) * 100;
  return [
    (done / seconds.length).toFixed(1),
    (refused / seconds.length).toFixed(1),
    `${share.toFixed(1)} %`,
    latency.toFixed(0),
  ];
}
