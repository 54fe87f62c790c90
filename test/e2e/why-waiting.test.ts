import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import test from 'ava';
import { waitingSchema, whySchema, type WaitingResponse } from '#api/schemas/waiting.ts';
import { wavelessSchema } from '#api/schemas/waveless.ts';
import { createLoadBoard } from '#adapters/redis/load-board.ts';
import { stepQueueName } from '#queues/step-queues.ts';
import { until } from '#test/support/until.ts';
import { awaitStatus, awaitWorkflow } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import {
  loadBody,
  loadDefinition,
  orderBody,
  pickingBody,
} from '#test/support/processes/start-bodies.ts';

const FIRST = 'transportation-management';
const SECOND = 'carrier-integration';
const ORDERS = 'order-management-service';
/** Takes its time over every call, and its breaker opens and closes soon. */
const SLOW = 'yard-management-service';
const FIRST_QUEUE = stepQueueName(FIRST);
const PREFIX = '{wes}';

/** A lane takes two orders at a time, and a breaker that opens stays so. */
const engine = engineForFile(test, {
  counts: { releaser: 1 },
  faults: {
    latency: [
      { service: FIRST, medianMs: 400, sigma: 0 },
      { service: SLOW, medianMs: 2500, sigma: 0 },
    ],
  },
  services: { breaker: { openMs: 60_000, minimumCalls: 100, window: 100 } },
  onlyServices: { [SLOW]: { breaker: { openMs: 1000 } } },
  settings: { LANE_CAP: '2', RECONCILE_INTERVAL_MS: '200', DISPATCH_SLACK_MS: '2000' },
  definitions: [
    loadDefinition('e2e-load'),
    loadDefinition('e2e-later', {
      steps: [
        {
          stepId: 'rest',
          wait: { durationMs: 60_000 },
        },
      ],
      output: {},
    }),
    loadDefinition('e2e-yard', {
      steps: [
        {
          ...yardStep('check-in', 'checkInTrailer', 'trailers/check-in'),
          retry: { retries: 9, initialDelayMs: 50, maxDelayMs: 50, multiplier: 1 },
          compensation: { strategy: 'NONE' },
        },
      ],
      output: {},
    }),
    loadDefinition('e2e-apart', {
      onFailure: 'fail',
      steps: [
        {
          ...yardStep('check-in', 'checkInTrailer', 'trailers/check-in'),
          compensation: {
            strategy: 'REVERSE_OPERATION',
            operation: 'checkOutTrailer',
            input: { trailerId: 'T-1' },
          },
        },
        {
          stepId: 'create-load',
          serviceName: FIRST,
          operation: 'createLoad',
          http: { method: 'POST', path: '/loads' },
          input: { shipmentIds: [{ $from: '/input/shipmentId' }] },
          retry: { retries: 0, initialDelayMs: 1, maxDelayMs: 1, multiplier: 1 },
          compensation: { strategy: 'NONE' },
        },
      ],
      output: {},
    }),
    loadDefinition('e2e-slow-retry', {
      steps: [
        {
          stepId: 'create-load',
          serviceName: FIRST,
          operation: 'createLoad',
          http: { method: 'POST', path: '/loads' },
          input: { shipmentIds: [{ $from: '/input/shipmentId' }] },
          retry: { retries: 1, initialDelayMs: 60_000, maxDelayMs: 60_000, multiplier: 1 },
          compensation: { strategy: 'NONE' },
        },
      ],
      output: {},
    }),
  ],
});

test.serial('a wait says until when; a step behind it which step it waits for', async (t) => {
  const { api } = engine();
  const { id } = await api.start(loadBody('e2e-later'));
  const [reason, ...others] = await why(id);
  t.like(reason, { stepId: 'rest', reason: 'time' });
  t.true(Date.parse(reason?.until ?? '') > Date.now());
  t.deepEqual(others, []);
  t.deepEqual(waitingSchema.array().parse((await api.get(id)).waiting), [reason]);
  await api.command(id, 'cancel');
  t.deepEqual(await why(id), []);
});

test.serial('a step whose work is under way waits for the event that ends it', async (t) => {
  const { api } = engine();
  const { id } = await api.start(pickingBody());
  const [reason, behind, ...others] = await untilWhy(id, 'event');
  t.is(reason?.stepId, 'pick-items');
  t.regex(reason?.subject ?? '', /^PickSessionCompleted PICK-/);
  t.true(Date.parse(reason?.until ?? '') > Date.now());
  t.like(behind, { stepId: 'confirm-consumption', reason: 'dependency', subject: 'pick-items' });
  t.deepEqual(others, []);
  await api.command(id, 'cancel');
});

test.serial('a person has paused the workflow', async (t) => {
  const { api } = engine();
  const { id } = await api.start(loadBody('e2e-later'));
  await api.command(id, 'pause');
  t.like(await why(id), [{ stepId: null, reason: 'paused', subject: 'api', action: 'resume it' }]);
  await api.command(id, 'cancel');
});

test.serial('a failed attempt says when the next is due', async (t) => {
  const { api, simulator } = engine();
  await simulator.outage({ service: FIRST, durationMs: 60_000 });
  const { id } = await api.start(loadBody('e2e-slow-retry'));
  await awaitWorkflow(api, id, ({ steps }) => steps[0]?.nextRetryAt !== null);
  await simulator.outage({ service: FIRST, durationMs: 0 });
  const [reason, ...others] = await why(id);
  t.like(reason, { stepId: 'create-load', reason: 'retry' });
  t.true(Date.parse(reason?.until ?? '') > Date.now() + 30_000);
  t.deepEqual(others, []);
  await api.command(id, 'cancel');
});

test.serial('a workflow that failed: calls that may still report, then an operator', async (t) => {
  const { api, simulator } = engine();
  await simulator.outage({ service: FIRST, durationMs: 60_000 });
  const { id } = await api.start(loadBody('e2e-apart'));
  const [reports, ...others] = await untilWhy(id, 'reports');
  t.is(reports?.stepId, null);
  t.true(Date.parse(reports?.until ?? '') > Date.now());
  t.deepEqual(others, []);
  await simulator.outage({ service: FIRST, durationMs: 0 });
  const [operator, ...rest] = await untilWhy(id, 'operator');
  t.like(operator, { stepId: null, subject: 'an operator', until: null });
  t.deepEqual(rest, []);
});

test.serial('a job that is gone', async (t) => {
  await withQueue(FIRST, async (queue) => {
    const { api } = engine();
    await queue.pause();
    const { id } = await api.start(loadBody('e2e-load'));
    await untilWhy(id, 'queue-paused');
    for (const job of await queue.getJobs(['prioritized'])) await job.remove();
    t.like(await why(id), [
      { stepId: 'create-load', reason: 'job-lost', action: 'a reconciler runs' },
      { stepId: 'assign-carrier', reason: 'dependency' },
      { stepId: 'tender-load', reason: 'dependency' },
    ]);
    await queue.resume();
    await awaitStatus(api, id, 'COMPLETED');
  });
});

test.serial('jobs that wait behind the canaries of a service that is probed', async (t) => {
  const { api, simulator } = engine();
  await simulator.outage({ service: SLOW, durationMs: 60_000 });
  const ids: string[] = [];
  for (let index = 0; index < 6; index += 1) ids.push((await api.start(loadBody('e2e-yard'))).id);
  await until(async () => (await api.health()).breakers.some(({ state }) => state === 'open'));
  await simulator.outage({ service: SLOW, durationMs: 0 });
  const behind = await untilOneWaits(ids, 'canary');
  t.like(behind, [{ stepId: 'check-in', reason: 'canary', subject: stepQueueName(SLOW) }]);
  t.true(Date.parse(behind[0]?.since ?? '') <= Date.now());
  for (const id of ids) await awaitStatus(api, id, 'COMPLETED');
});

test.serial('a paused queue, and steps that depend on the one in it', async (t) => {
  await withQueue(FIRST, async (queue) => {
    const { api } = engine();
    await queue.pause();
    const { id } = await api.start(loadBody('e2e-load'));
    t.like(await untilWhy(id, 'queue-paused'), [
      { stepId: 'create-load', reason: 'queue-paused', subject: FIRST_QUEUE },
      { stepId: 'assign-carrier', reason: 'dependency', subject: 'create-load' },
      { stepId: 'tender-load', reason: 'dependency', subject: 'assign-carrier' },
    ]);
    await queue.resume();
    await awaitStatus(api, id, 'COMPLETED');
    t.deepEqual(await why(id), []);
  });
});

test.serial('a queue that has used up its rate says until when', async (t) => {
  await withQueue(FIRST, async (queue) => {
    const { api } = engine();
    await queue.rateLimit(4000);
    const { id } = await api.start(loadBody('e2e-load'));
    const [reason] = await untilWhy(id, 'rate-limit');
    t.like(reason, { stepId: 'create-load', subject: FIRST_QUEUE });
    t.true(Date.parse(reason?.until ?? '') > Date.now());
    await awaitStatus(api, id, 'COMPLETED');
  });
});

test.serial('a place in the line of a queue', async (t) => {
  await withQueue(FIRST, async (queue) => {
    const { api } = engine();
    await queue.setGlobalConcurrency(1);
    const starts = Array.from({ length: 8 }, () => api.start(loadBody('e2e-load')));
    const ids = (await Promise.all(starts)).map(({ id }) => id);
    const [reason] = await untilOneWaits(ids, 'queue-position');
    t.regex(reason?.detail ?? '', /^[0-7] jobs? before it in queue steps\.transportation/);
    await queue.removeGlobalConcurrency();
    for (const id of ids) await awaitStatus(api, id, 'COMPLETED');
  });
});

test.serial('a lane that is full', async (t) => {
  await withQueue(ORDERS, async (queue) => {
    const { api } = engine();
    await queue.pause();
    const order = { enableWaveless: true } as const;
    const floor = [await api.start(orderBody(order)), await api.start(orderBody(order))];
    for (const { id } of floor) await awaitStatus(api, id, 'EXECUTING');
    const { id } = await api.start(orderBody(order));
    const [reason, ...others] = await untilWhy(id, 'lane-cap');
    t.like(reason, { stepId: null, subject: 'WH-1/A' });
    t.regex(reason?.detail ?? '', /2 of 2 orders/);
    t.deepEqual(others, []);
    await queue.resume();
    for (const one of [...floor, { id }]) await awaitStatus(api, one.id, 'COMPLETED');
  });
});

test.serial('a load that stops the release', async (t) => {
  const { api, redisUrl } = engine();
  const redis = new Redis(redisUrl);
  t.teardown(() => redis.disconnect());
  await withLoad(redis, 96, async () => {
    const { id } = await api.start(orderBody({ enableWaveless: true, priority: 'HIGH' }));
    const [reason, ...others] = await untilWhy(id, 'load-pause');
    t.regex(reason?.detail ?? '', /load 96, 20 % errors/);
    t.true(Date.parse(reason?.since ?? '') <= Date.now());
    t.deepEqual(others, []);
    await redis.del(`${PREFIX}:load`);
    await awaitStatus(api, id, 'COMPLETED');
  });
});

test.serial('a place in the line of a lane that an order has slowed down', async (t) => {
  const { api, redisUrl } = engine();
  const redis = new Redis(redisUrl);
  t.teardown(() => redis.disconnect());
  await withLoad(redis, 96, async () => {
    const order = { enableWaveless: true } as const;
    const [first, second] = [await api.start(orderBody(order)), await api.start(orderBody(order))];
    const pace = { batchSize: 1, processingIntervalMs: 60_000 };
    await api.ask(`/workflows/${second.id}/waveless`, { method: 'PUT', body: pace });
    await redis.del(`${PREFIX}:load`);
    // the lane was released from less than a minute ago
    for (const [ahead, id] of [first.id, second.id].entries()) {
      const [reason, ...others] = await untilWhy(id, 'queue-position');
      t.like(reason, { stepId: null, subject: 'WH-1/A' });
      const place = `${ahead} order${ahead === 1 ? '' : 's'} before it in lane WH-1/A`;
      t.true(reason?.detail.startsWith(place), reason?.detail);
      t.deepEqual(others, []);
    }
    await api.command(second.id, 'cancel');
    await awaitStatus(api, first.id, 'COMPLETED');
  });
});

test.serial('no releaser, then no worker', async (t) => {
  const { api, running, start } = engine();
  for (const releaser of running('releaser')) await releaser.stop();
  const redis = new Redis(engine().redisUrl);
  await redis.del(`${PREFIX}:releases`);
  redis.disconnect();
  const order = await api.start(orderBody({ enableWaveless: true }));
  t.like(await why(order.id), [{ stepId: null, reason: 'no-worker', subject: 'releaser' }]);
  await start('releaser');
  await awaitStatus(api, order.id, 'COMPLETED');

  for (const worker of running('worker')) await worker.stop();
  const { id } = await api.start(loadBody('e2e-load'));
  t.like(await why(id), [
    { stepId: 'create-load', reason: 'no-worker', subject: FIRST_QUEUE },
    { stepId: 'assign-carrier', reason: 'dependency' },
    { stepId: 'tender-load', reason: 'dependency' },
  ]);
  await start('worker');
  await awaitStatus(api, id, 'COMPLETED');
});

test.serial(
  'an open breaker says since when and until when, and holds back whole orders too',
  async (t) => {
    const { api, simulator } = engine();
    await simulator.outage({ service: SECOND, durationMs: 60_000 });
    // some of these use up their attempts before enough have failed to open it
    for (let index = 0; index < 6; index += 1) await api.start(loadBody('e2e-load'));
    await until(async () => (await api.health()).breakers.some(({ state }) => state === 'open'));
    const { id: parked } = await api.start(loadBody('e2e-load'));
    const reasons = await untilWhy(parked, 'breaker-open');
    t.like(reasons, [
      { stepId: 'assign-carrier', reason: 'breaker-open', subject: stepQueueName(SECOND) },
      { stepId: 'tender-load', reason: 'dependency' },
    ]);
    t.true(Date.parse(reasons[0]?.until ?? '') > Date.now());
    t.true(Date.parse(reasons[0]?.since ?? '') <= Date.now());
    const { id } = await api.start(orderBody({ enableWaveless: true }));
    const [held, ...others] = await untilWhy(id, 'look-ahead');
    t.like(held, { stepId: null, subject: SECOND });
    t.is(held?.until, reasons[0]?.until ?? null);
    t.deepEqual(others, []);
  },
);

test.serial('without Redis the answer comes all the same, and says so', async (t) => {
  const { api, killRedis, restartRedis } = engine();
  const { id } = await api.start(loadBody('e2e-load'));
  await killRedis();
  const begunAt = performance.now();
  t.like((await why(id))[0], { stepId: 'create-load', reason: 'unknown' });
  t.true(performance.now() - begunAt < 2000);
  await restartRedis();
});

async function why(id: string): Promise<readonly WaitingResponse[]> {
  const { body } = await engine().api.ask(`/workflows/${id}/why`);
  return whySchema.parse(body).items;
}

/** The reasons, as soon as the first of them is this one. */
async function untilWhy(
  id: string,
  reason: WaitingResponse['reason'],
): Promise<readonly WaitingResponse[]> {
  let last: readonly WaitingResponse[] = [];
  const reached = async () => (last = await why(id))[0]?.reason === reason;
  await until(reached).catch(() => {
    throw new Error(`not ${reason} but ${JSON.stringify(last)}`);
  });
  return last;
}

/** The reasons of one of these workflows, as soon as its first is this one. */
async function untilOneWaits(
  ids: readonly string[],
  reason: WaitingResponse['reason'],
): Promise<readonly WaitingResponse[]> {
  let found: readonly WaitingResponse[] = [];
  await until(async () => {
    const all = await Promise.all(ids.map(why));
    found = all.find(([first]) => first?.reason === reason) ?? [];
    return found.length > 0;
  });
  return found;
}

/** As if a monitor had measured this load, which the releaser knows by then. */
async function withLoad(redis: Redis, score: number, work: () => Promise<void>): Promise<void> {
  const board = createLoadBoard({ redis, prefix: PREFIX, clock: { now: () => Date.now() } });
  const at = Date.now();
  const snapshots = [{ at, score, freeCapacity: 100 - score, errorRate: 0.2 }];
  await board.publish({ at, system: { snapshots }, services: [], lastRebalance: null }, 1);
  await until(async () => {
    const { body } = await engine().api.ask('/orchestration/waveless');
    return wavelessSchema.parse(body).releasers?.[0]?.pausedSince !== null;
  });
  await work();
}

/** A call that starts when its workflow does. */
function yardStep(stepId: string, operation: string, path: string) {
  return {
    stepId,
    serviceName: SLOW,
    operation,
    http: { method: 'POST', path: `/api/v1/yard/${path}` },
    input: { trailerId: 'T-1' },
  };
}

async function withQueue(service: string, work: (queue: Queue) => Promise<void>): Promise<void> {
  const { port } = new URL(engine().redisUrl);
  const connection = { host: '127.0.0.1', port: Number(port) };
  const queue = new Queue(stepQueueName(service), { connection, prefix: PREFIX });
  try {
    await work(queue);
  } finally {
    await queue.close();
  }
}
