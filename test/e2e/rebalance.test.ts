import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import test from 'ava';
import { z } from 'zod';
import { cloudEventSchemaOf, PUBLISHED_EVENTS } from '#application/events/published-schemas.ts';
import { ownKafkaForFile } from '#test/adapters/kafka/kafka-for-file.ts';
import { until } from '#test/support/until.ts';
import { awaitStatus } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { kafkaSettings, testBus } from '#test/support/processes/kafka-for-engine.ts';
import { loadBody } from '#test/support/processes/start-bodies.ts';
import { readEventStream } from '../../scripts/processes/event-stream.ts';
import { checkTopic } from '../../scripts/processes/published-events.ts';

const SERVICE = 'picking-service';
const LIMIT_MS = 60_000;
const WORK_MS = 300;
const ORDERS = 60;

/** An instance that reports what load it is told to, takes its time over each call, and counts them. */
async function startInstance() {
  const state = { percent: 40, queueDepth: 0, errorRate: 0, calls: 0 };
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === '/load') {
      const { percent, queueDepth, errorRate } = state;
      const machine = { cpuUsagePercent: percent, memoryUsagePercent: percent };
      const rest = { activeRequests: 0, queueDepth, averageResponseTimeMs: 1, errorRate };
      const named = { serviceId: 'x', serviceName: 'x', timestamp: Date.now() };
      response.end(JSON.stringify({ ...named, ...machine, ...rest }));
      return;
    }
    state.calls += 1;
    setTimeout(() => response.end('{"picked":true}'), WORK_MS);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return { state, server, url: urlOf(server) };
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on no port');
  return `http://127.0.0.1:${address.port}`;
}

const loadOf = z.object({
  load: z
    .object({
      services: z.array(z.object({ instances: z.array(z.object({ weight: z.number() })) })),
    })
    .nullable(),
});

// before the first hook is declared: from then on nothing may be waited for here
const folder = await mkdtemp(join(tmpdir(), 'wes-rebalance-'));
const [heavy, light] = [await startInstance(), await startInstance()];
const SERVICES_FILE = join(folder, 'services.json');
const DEFINITIONS_DIR = join(folder, 'definitions');
await mkdir(DEFINITIONS_DIR);
const service = { instances: [heavy.url, light.url], load: '/load' };
await writeFile(SERVICES_FILE, JSON.stringify({ services: { [SERVICE]: service } }));

const kafka = await ownKafkaForFile(test);
if (kafka !== null) {
  const brokers = kafka.address;
  const settings = kafkaSettings(brokers);
  const engine = engineForFile(test, {
    counts: { monitor: 1, relay: 1 },
    settings: { ...settings, SERVICES_FILE, DEFINITIONS_DIR },
    definitions: [
      {
        definitionId: 'one-pick',
        version: 1,
        workflowType: 'PICKING',
        name: 'One pick',
        steps: [
          {
            stepId: 'pick',
            serviceName: SERVICE,
            operation: 'pick',
            compensation: { strategy: 'NONE' },
          },
        ],
      },
    ],
  });
  test.after.always('its files go', () => rm(folder, { recursive: true, force: true }));
  const pick = { ...loadBody('one-pick'), workflowType: 'PICKING' } as const;

  test.serial(
    'work that waits goes to the lighter instance after a rebalancing, of which bus and stream tell with the load before and after',
    async (t) => {
      const { api, redisUrl } = engine();
      const { port } = new URL(redisUrl);
      const connection = { host: '127.0.0.1', port: Number(port) };
      const queue = new Queue(`steps.${SERVICE}`, { connection, prefix: '{wes}' });
      t.teardown(() => queue.close());
      const streamed = firstOf(`${api.url}/stream`, 'system.load.rebalanced');
      await streamed.open;
      await queue.pause();
      const waiting = Array.from({ length: ORDERS }, () => api.start(pick));
      const ids = (await Promise.all(waiting)).map(({ id }) => id);

      // scores 84 and 10: both take work, and differ by more than 30
      Object.assign(heavy.state, { percent: 100, queueDepth: 1000, errorRate: 0.2 });
      light.state.percent = 100 / 6;
      const weights = async () => {
        const { body } = await api.ask('/orchestration/metrics');
        return loadOf.parse(body).load?.services[0]?.instances.map(({ weight }) => weight) ?? [];
      };
      await until(async () => ((await weights())[1] ?? 1) > 1.5, LIMIT_MS);
      // from here on they report the same, so that nothing but the shares tells them apart
      Object.assign(heavy.state, { percent: 50, queueDepth: 0, errorRate: 0 });
      light.state.percent = 50;

      const schema = PUBLISHED_EVENTS.get('SystemLoadRebalanced');
      if (schema === undefined) throw new Error('SPEC 6');
      const told: unknown = JSON.parse(await streamed.data);
      t.like(cloudEventSchemaOf(schema).parse(told), {
        data: {
          previousUtilization: 0.47,
          currentUtilization: 0.3,
          workflowsRebalanced: ORDERS,
          serviceLoads: { [SERVICE]: 30 },
        },
      });
      const published = async () =>
        await testBus(t, brokers).readTopic(settings.KAFKA_SYSTEM_TOPIC);
      await until(async () => (await published()).length > 0, LIMIT_MS);
      const [message, ...others] = await published();
      t.deepEqual(JSON.parse(new TextDecoder().decode(message?.value ?? undefined)), told);
      t.is(new TextDecoder().decode(message?.key ?? undefined), 'system');
      t.deepEqual(others, []);

      t.deepEqual([heavy.state.calls, light.state.calls], [0, 0], 'all of it still waits');
      await queue.resume();
      for (const id of ids) await awaitStatus(api, id, 'COMPLETED');
      t.is(heavy.state.calls + light.state.calls, ORDERS);
      t.true(light.state.calls > 3 * heavy.state.calls, `${heavy.state.calls} of ${ORDERS}`);
    },
  );

  test.serial(
    'that an order runs waveless from now on goes out with the events of its log',
    async (t) => {
      const { api } = engine();
      const { id } = await api.start({ ...pick, enableWaveless: true });
      const path = `/workflows/${id}/waveless`;
      const body = { batchSize: 5, processingIntervalMs: 2000 };
      t.is((await api.ask(path, { method: 'PUT', body })).status, 200);
      const bus = testBus(t, brokers);
      const enabled = async () => {
        const events = (await bus.readTopic(settings.KAFKA_WORKFLOW_TOPIC)).map(({ value }) =>
          z
            .looseObject({
              type: z.string(),
              data: z.looseObject({ workflowInstanceId: z.string() }),
            })
            .parse(JSON.parse(new TextDecoder().decode(value ?? undefined))),
        );
        return events.filter(
          ({ type, data }) => type.endsWith('.waveless.enabled') && data.workflowInstanceId === id,
        );
      };
      await until(async () => (await enabled()).length > 1, LIMIT_MS);
      t.like(await enabled(), [
        { data: { batchSize: 10, processingIntervalMs: 1000 } },
        { data: body },
      ]);
      const messages = await bus.readTopic(settings.KAFKA_WORKFLOW_TOPIC);
      t.deepEqual((await checkTopic(api, [id], messages)).faults, []);
    },
  );
}

/** The data of the first event of that name, on a stream that is opened now. */
function firstOf(url: string, name: string) {
  const opened = Promise.withResolvers<void>();
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(LIMIT_MS)]);
  async function read(): Promise<string> {
    for await (const { event, data, id } of readEventStream(url, {
      signal,
      onOpen: opened.resolve,
    })) {
      if (event !== name) continue;
      ending.abort();
      if (id !== '') throw new Error('it has no place in the feed');
      return data;
    }
    throw new Error(`no ${name} came`);
  }
  return { open: opened.promise, data: read() };
}
