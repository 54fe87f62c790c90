import { once } from 'node:events';
import test from 'ava';
import { EventSource, MessageEvent } from 'undici';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import { systemLoadSchema } from '#api/schemas/load.ts';
import { startApi } from '#test/api/support/start-api.ts';
import { FAKE_COUNTS, FAKE_EPOCH } from '#test/support/fake-workflow.ts';
import { loadViewOf, serviceLoadOf } from '#test/support/load-figures.ts';
import { until } from '#test/support/until.ts';

const VIEW = loadViewOf(FAKE_EPOCH, [
  serviceLoadOf('picking-service'),
  serviceLoadOf('silent-service', {
    health: 'UNKNOWN',
    score: null,
    errorRate: null,
    averageResponseTimeMs: null,
  }),
]);

const METRICS = { counts: FAKE_COUNTS, queues: null, systemLoad: 0.3, load: VIEW, additional: {} };

test('the metrics tell the load of the system and of each service', async (t) => {
  const api = await startApi(t);
  t.is((await api.call('GET', '/orchestration/metrics')).json['load'], null);
  api.fake.getLoadMetrics = async () => METRICS;
  const { json } = await api.call('GET', '/orchestration/metrics');
  t.is(json['systemLoad'], 0.3);
  const load = systemLoadSchema.parse(json['load']);
  t.like(load, { score: 30, trend: 'STABLE', freeCapacity: 70, lastRebalance: null });
  t.like(load.services[0], {
    serviceName: 'picking-service',
    health: 'HEALTHY',
    concurrency: { limit: 20, ceiling: 50, reason: 'latency rises' },
  });
  t.like(load.services[1], { health: 'UNKNOWN', score: null });
});

test('Prometheus sees the same, and nothing of what is unknown', async (t) => {
  const api = await startApi(t);
  const scrape = async () => (await fetch(`${api.origin}/metrics`)).text();
  t.false((await scrape()).includes('wes_service_load_score{'));
  api.fake.getLoadMetrics = async () => METRICS;
  const text = await scrape();
  t.true(text.includes('wes_system_load{scope="system"} 0.3'));
  t.true(text.includes('wes_service_load_score{service="picking-service"} 30'));
  t.true(text.includes('wes_service_concurrency_limit{service="picking-service"} 20'));
  t.true(text.includes('wes_service_health{service="silent-service",health="UNKNOWN"} 1'));
  t.false(text.includes('wes_service_load_score{service="silent-service"}'));
});

test('a stream tells the load again and again, without ids; that of one workflow does not', async (t) => {
  const api = await startApi(t, { settings: { streamLoadMs: 10 } });
  let at = FAKE_EPOCH;
  let asked = 0;
  api.fake.getSystemLoad = async () => {
    asked += 1;
    return { ...VIEW, at };
  };
  const source = new EventSource(`${api.origin}/api/v1/stream`);
  t.teardown(() => source.close());
  const seen: { id: string; at: string }[] = [];
  source.addEventListener('system.load', (event) => {
    if (!(event instanceof MessageEvent)) return;
    const load = systemLoadSchema.parse(JSON.parse(event.data));
    seen.push({ id: event.lastEventId, at: load.at });
  });
  await once(source, 'open');
  await until(() => seen.length === 1 && asked > 3);
  at += 5000;
  await until(() => seen.length === 2);
  t.deepEqual(
    seen,
    [FAKE_EPOCH, at].map((time) => ({ id: '', at: new Date(time).toISOString() })),
  );
  source.close();

  asked = 0;
  const one = new EventSource(`${api.origin}/api/v1/stream?workflowId=${crypto.randomUUID()}`);
  t.teardown(() => one.close());
  await once(one, 'open');
  t.true(asked <= 1, 'the closed stream may have asked once more');
});

test('a stream tells of rebalancings that happen while it is open, each once, without ids', async (t) => {
  const api = await startApi(t);
  const eventOf = (version: number) => ({
    version,
    event: {
      specversion: '1.0' as const,
      id: `e-${version}`,
      source: '/wes/orchestration/system',
      type: 'com.paklog.wes.orchestration.system.load.rebalanced',
      subject: 'system',
      time: new Date(FAKE_EPOCH).toISOString(),
      datacontenttype: 'application/json' as const,
      data: { version },
    },
  });
  let asked = 0;
  const events = [eventOf(1)];
  api.fake.getSystemEvents = async () => {
    asked += 1;
    if (asked === 2) throw new StoreUnavailableError('away');
    return [...events];
  };
  const source = new EventSource(`${api.origin}/api/v1/stream`);
  t.teardown(() => source.close());
  const seen: unknown[] = [];
  source.addEventListener('system.load.rebalanced', (event) => {
    if (!(event instanceof MessageEvent)) return;
    seen.push([event.lastEventId, JSON.parse(event.data)]);
  });
  await once(source, 'open');
  await until(() => asked > 0);
  events.push(eventOf(2));
  await until(() => asked > 4);
  t.deepEqual(seen, [['', eventOf(2).event]]);
});
