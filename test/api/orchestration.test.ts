import test from 'ava';
import { healthSchema, metricsSchema } from '#api/schemas/orchestration.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import { isProblem } from '#test/api/support/problem.ts';
import { NOBODY, startApi } from '#test/api/support/start-api.ts';
import { FAKE_COUNTS } from '#test/support/fake-workflow.ts';

test('health is told with the fields of SPEC 5', async (t) => {
  const api = await startApi(t);
  const { status, json } = await api.call('GET', '/orchestration/health');
  t.is(status, 200);
  healthSchema.parse(json);
  t.deepEqual(json, {
    status: 'UP',
    version: '9.9.9',
    activeWorkflows: 8,
    pendingWorkflows: 1,
    completedWorkflows: 6,
    failedWorkflows: 1,
    systemUtilization: 12.5,
    timestamp: '2026-01-01T00:00:00.000Z',
    dependencies: { store: { status: 'UP', why: null } },
    eventBacklog: { events: 7, ageMs: 2500 },
    breakers: [],
  });
});

test('bad health is a 200 too: counts that nobody knows are null, and an open breaker says until when', async (t) => {
  const api = await startApi(t);
  const health = await api.fake.getSystemHealth();
  api.fake.getSystemHealth = async () => ({
    ...health,
    status: 'DOWN',
    counts: null,
    dependencies: { store: { status: 'DOWN', why: 'connection refused' } },
    breakers: [
      {
        serviceName: 'picking-service',
        state: 'open',
        since: 0,
        openUntil: 60_000,
        reason: 'no luck',
        parked: 7,
      },
    ],
  });
  const { status, json } = await api.call('GET', '/orchestration/health');
  t.is(status, 200);
  t.like(healthSchema.parse(json), {
    status: 'DOWN',
    activeWorkflows: null,
    failedWorkflows: null,
    dependencies: { store: { status: 'DOWN', why: 'connection refused' } },
    breakers: [
      { state: 'open', openUntil: '1970-01-01T00:01:00.000Z', reason: 'no luck', parked: 7 },
    ],
  });
});

test('metrics are told with the fields of SPEC 5', async (t) => {
  const api = await startApi(t);
  const { status, json } = await api.call('GET', '/orchestration/metrics');
  t.is(status, 200);
  metricsSchema.parse(json);
  t.deepEqual(json, {
    totalWorkflows: 21,
    activeWorkflows: 8,
    highPriorityWorkflows: 1,
    normalPriorityWorkflows: 5,
    lowPriorityWorkflows: 2,
    averageExecutionTimeMs: 1500,
    successRate: 75,
    systemLoad: 0.25,
    load: null,
    queueDepth: 10,
    additionalMetrics: { commitsPerSecond: 41 },
  });
});

test('metrics of an engine that has done nothing yet, without Redis', async (t) => {
  const api = await startApi(t);
  const metrics = await api.fake.getLoadMetrics();
  const byStatus = { ...FAKE_COUNTS.byStatus, COMPLETED: 0, FAILED: 0, COMPENSATED: 0 };
  api.fake.getLoadMetrics = async () => ({
    ...metrics,
    counts: { ...FAKE_COUNTS, byStatus, averageExecutionTimeMs: null },
    queues: null,
  });
  const { json } = await api.call('GET', '/orchestration/metrics');
  t.like(metricsSchema.parse(json), {
    averageExecutionTimeMs: 0,
    successRate: 100,
    queueDepth: null,
  });
});

test('Prometheus gets the same figures, and requests by route', async (t) => {
  const api = await startApi(t);
  await api.call('GET', `/workflows/${NOBODY}`);
  const { status, headers, text } = await api.call('GET', `${api.origin}/metrics`);
  t.is(status, 200);
  t.regex(headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  const lines = text.split('\n');
  for (const line of [
    'wes_workflows{status="EXECUTING"} 4',
    'wes_workflows_active{priority="HIGH"} 1',
    'wes_queue_jobs{queue="steps.inventory-service",state="active"} 2',
    'wes_queue_paused{queue="steps.picking-service"} 1',
    'wes_system_load{scope="process"} 0.25',
    'wes_workflow_execution_ms{measure="mean"} 1500',
    'wes_figure{name="commitsPerSecond"} 41',
    'wes_dependency_up{dependency="store"} 1',
    'wes_event_backlog{bus="kafka"} 7',
    'wes_event_backlog_age_seconds{bus="kafka"} 2.5',
    'wes_http_request_duration_seconds_count{method="GET",route="/workflows/{id}",status="404"} 1',
  ]) {
    t.true(lines.includes(line), line);
  }
});

test('while the store is away a scrape says so, and shows no old figures', async (t) => {
  const api = await startApi(t);
  await api.call('GET', `${api.origin}/metrics`);
  const health = await api.fake.getSystemHealth();
  const dependencies = { store: { status: 'DOWN', why: 'away' } } as const;
  api.fake.getSystemHealth = async () => ({ ...health, counts: null, dependencies });
  api.fake.getLoadMetrics = () => Promise.reject(new StoreUnavailableError('away'));
  const { status, text } = await api.call('GET', `${api.origin}/metrics`);
  t.is(status, 200);
  t.regex(text, /^wes_dependency_up\{dependency="store"\} 0$/m);
  t.notRegex(text, /^wes_workflows\{/m);
});

test('a process is live while it runs', async (t) => {
  const api = await startApi(t, {
    readiness: async () => ({ ready: false, waitingFor: ['store'] }),
  });
  const { status, json } = await api.call('GET', `${api.origin}/livez`);
  t.deepEqual([status, json], [200, { status: 'UP' }]);
});

test('a process is ready once it says so; before, it names what it waits for', async (t) => {
  let waitingFor = ['store', 'definitions'];
  const api = await startApi(t, {
    readiness: async () => ({ ready: waitingFor.length === 0, waitingFor }),
  });
  const before = await api.call('GET', `${api.origin}/readyz`);
  isProblem(t, before, {
    status: 503,
    error: 'SERVICE_UNAVAILABLE',
    title: 'Unavailable for now',
    message: 'Not ready; waiting for: store, definitions',
    path: '/readyz',
  });
  t.is(before.headers.get('retry-after'), '2');
  waitingFor = [];
  const after = await api.call('GET', `${api.origin}/readyz`);
  t.deepEqual([after.status, after.json], [200, { status: 'UP' }]);
});

test('GET /orchestration/waveless shows lanes, backlog and tempo', async (t) => {
  const api = await startApi(t);
  const { status, json } = await api.call('GET', '/orchestration/waveless');
  t.is(status, 200);
  t.deepEqual(json, {
    timestamp: '2026-01-01T00:00:00.000Z',
    backlog: { HIGH: 1, NORMAL: 2, LOW: 3 },
    releasers: [
      {
        group: 0,
        timestamp: '2026-01-01T00:00:00.000Z',
        batchSize: 10,
        intervalMs: 1000,
        why: 'paused: load 96, 10 % errors',
        pausedSince: '2026-01-01T00:00:00.000Z',
        closedServices: [
          {
            serviceName: 'picking-service',
            why: 'its breaker is open',
            since: '2026-01-01T00:00:00.000Z',
            until: '2026-01-01T00:01:00.000Z',
          },
        ],
      },
    ],
    lanes: [
      {
        lane: 'WH-1/A',
        cap: 40,
        weight: 2,
        inFlight: 7,
        waiting: { HIGH: 1, NORMAL: 2, LOW: 3 },
        oldestWaitingSince: '2026-01-01T00:00:00.000Z',
      },
    ],
  });
});
