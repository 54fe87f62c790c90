import type { ServerResponse } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import {
  aCall,
  callerOf,
  inventoryAt,
  manualClock,
  WORKFLOW_ID,
  type TestCaller,
} from '#test/adapters/http/callers.ts';
import { CLOSED_PORT, httpServer } from '#test/adapters/http/servers.ts';
import { createServiceCaller } from '#adapters/http/service-caller.ts';
import { createService, createServiceRegistry } from '#adapters/http/service-registry.ts';
import { DEFAULT_BREAKER } from '#domain/policy/circuit-breaker.ts';

const OPEN_MS = 60_000;

type Service = TestCaller & {
  readonly url: string;
  /** What it answers from now on. */
  status: number;
  /** While set, requests are left here unanswered. */
  held: ServerResponse[] | null;
  requests(): number;
};

/** A service whose answers the test decides. */
async function inventory(t: ExecutionContext): Promise<Service> {
  let requests = 0;
  const { url } = await httpServer(t, (_, response) => {
    requests += 1;
    if (service.held) service.held.push(response);
    else response.writeHead(service.status).end();
  });
  const service: Service = {
    ...callerOf(t, { 'inventory-service': { instances: [url], aliases: ['inventory'] } }),
    url,
    status: 200,
    held: null,
    requests: () => requests,
  };
  return service;
}

async function callTimes(service: Service, times: number, status: number): Promise<void> {
  service.status = status;
  for (let call = 0; call < times; call += 1) await service.caller.call(aCall());
}

test('five failures in a row open it: the next call is parked and never made', async (t) => {
  const service = await inventory(t);
  const openUntil = service.clock.now() + OPEN_MS;
  await callTimes(service, 4, 503);
  t.like(service.caller.breakers(), [{ serviceName: 'inventory-service', state: 'closed' }]);
  await callTimes(service, 1, 503);
  t.deepEqual(await service.caller.call(aCall()), {
    kind: 'parked',
    untilMs: openUntil,
    reason: 'inventory-service: breaker open: 5 failures in a row',
  });
  t.is(service.requests(), 5);
  t.deepEqual(service.caller.breakers(), [
    {
      serviceName: 'inventory-service',
      state: 'open',
      since: service.clock.now(),
      openUntil,
      reason: '5 failures in a row',
    },
  ]);
});

test('half of ten calls failing opens it', async (t) => {
  const service = await inventory(t);
  for (let pair = 0; pair < 5; pair += 1) {
    t.like(service.caller.breakers(), [{ state: 'closed' }]);
    await callTimes(service, 1, 500);
    await callTimes(service, 1, 200);
  }
  t.like(service.caller.breakers(), [{ state: 'open' }]);
});

for (const status of [400, 404, 409, 422, 429, 302]) {
  test(`answers of ${status} never open it`, async (t) => {
    const service = await inventory(t);
    await callTimes(service, 20, status);
    t.like(service.caller.breakers(), [{ state: 'closed' }]);
    t.is(service.requests(), 20);
  });
}

test('nor do calls that could not be written down', async (t) => {
  const service = await inventory(t);
  const unfillable = aCall({ http: { method: 'GET', path: '/stock/{missing}' } });
  for (let call = 0; call < 20; call += 1) {
    t.like(await service.caller.call(unfillable), {
      kind: 'failed',
      errorType: 'VALIDATION_ERROR',
      recoverable: false,
      outcome: 'not-applied',
    });
  }
  t.like(service.caller.breakers(), [{ state: 'closed' }]);
  t.is(service.requests(), 0);
});

test('refused connections open it', async (t) => {
  const { caller } = inventoryAt(t, CLOSED_PORT);
  for (let call = 0; call < 5; call += 1) await caller.call(aCall());
  t.is((await caller.call(aCall())).kind, 'parked');
});

test('its pause over, three probes go through at once, the others wait; all three well, it closes', async (t) => {
  const service = await inventory(t);
  await callTimes(service, 5, 503);
  service.clock.advance(OPEN_MS);
  service.status = 200;
  service.held = [];
  const probes = [1, 2, 3].map(() => service.caller.call(aCall()));
  const fourth = await service.caller.call(aCall());
  t.like(fourth, { kind: 'parked', untilMs: service.clock.now() + 1000 });
  t.like(service.caller.breakers(), [{ state: 'half-open', openUntil: null }]);
  await until(() => service.held?.length === 3);
  for (const response of service.held) response.end();
  service.held = null;
  t.deepEqual(
    (await Promise.all(probes)).map((result) => result.kind),
    ['replied', 'replied', 'replied'],
  );
  t.like(service.caller.breakers(), [{ state: 'closed' }]);
  t.deepEqual(
    service.changes.map(({ from, to, reason }) => [from, to, reason]),
    [
      ['closed', 'open', '5 failures in a row'],
      ['open', 'half-open', null],
      ['half-open', 'closed', null],
    ],
  );
});

test('one failed probe opens it again', async (t) => {
  const service = await inventory(t);
  await callTimes(service, 5, 503);
  service.clock.advance(OPEN_MS);
  await callTimes(service, 2, 200);
  await callTimes(service, 1, 500);
  t.like(service.caller.breakers(), [{ state: 'open', openUntil: service.clock.now() + OPEN_MS }]);
});

test('a service and its aliases share one breaker', async (t) => {
  const service = await inventory(t);
  await callTimes(service, 5, 503);
  t.is((await service.caller.call(aCall({ serviceName: 'inventory' }))).kind, 'parked');
});

test('services do not share one, be they at one address', async (t) => {
  const inventoryService = await inventory(t);
  const { caller } = callerOf(t, {
    'inventory-service': { instances: [inventoryService.url] },
    'picking-service': { instances: [inventoryService.url] },
  });
  inventoryService.status = 503;
  for (let call = 0; call < 5; call += 1) await caller.call(aCall());
  t.is((await caller.call(aCall({ serviceName: 'picking-service' }))).kind, 'failed');
  t.deepEqual(
    caller.breakers().map(({ serviceName, state }) => [serviceName, state]),
    [
      ['inventory-service', 'open'],
      ['picking-service', 'closed'],
    ],
  );
});

test('an observer that throws does not fail the call', async (t) => {
  const { url } = await httpServer(t, (_, response) => void response.writeHead(500).end());
  const service = createService('inventory-service', {
    instances: [url],
    timeoutMs: 5000,
    concurrency: null,
    rateLimit: null,
    breaker: { ...DEFAULT_BREAKER, consecutiveFailures: 1 },
    headers: {},
    aliases: [],
    load: null,
    operations: null,
  });
  const caller = createServiceCaller({
    registry: createServiceRegistry([service]),
    clock: manualClock(),
    onBreakerChange: () => {
      throw new Error('observer');
    },
  });
  t.teardown(() => caller.close());
  t.like(await caller.call(aCall()), { kind: 'failed', status: 500 });
  t.like(await caller.call(aCall({ workflowId: WORKFLOW_ID })), { kind: 'parked' });
});

/** Resolves when the condition holds; the test's own time limit is the only other end. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
