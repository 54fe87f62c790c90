import type { RequestListener } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import { createLoadProbe } from '#adapters/http/load-probe.ts';
import { readServiceRegistry } from '#adapters/http/read-service-registry.ts';
import { httpServer } from '#test/adapters/http/servers.ts';

const FIGURES = {
  serviceId: 'somebody-else',
  serviceName: 'another',
  cpuUsagePercent: 40,
  memoryUsagePercent: 50,
  activeRequests: 3,
  queueDepth: 7,
  averageResponseTimeMs: 12.5,
  errorRate: 0.1,
  timestamp: 1_700_000_000_000,
};

/** Asks a service whose load path is answered by this listener. */
async function ask(t: ExecutionContext, listener: RequestListener) {
  const { url } = await httpServer(t, listener);
  const result = readServiceRegistry({
    services: {
      a: { instances: [url], load: '/load', headers: { 'x-api-key': 'secret' } },
      b: { instances: [url] },
    },
  });
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.problems));
  const probe = createLoadProbe(result.registry);
  t.teardown(() => probe.close());
  return { url, probe, answer: await probe.probe('a', url) };
}

const saying =
  (body: unknown, status = 200): RequestListener =>
  (_, response) => {
    response.statusCode = status;
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

/** Sends a little now and then, so that the connection is never silent. */
const drip: RequestListener = (_, response) => {
  const timer = setInterval(() => response.write(' '), 100);
  response.on('close', () => clearInterval(timer));
};

test('an instance is asked at its load path with the headers of its calls, and believed in all but its name', async (t) => {
  const asked: unknown[] = [];
  const { url, answer } = await ask(t, (request, response) => {
    asked.push([request.method, request.url, request.headers['x-api-key']]);
    response.end(JSON.stringify(FIGURES));
  });
  t.deepEqual(asked, [['GET', '/load', 'secret']]);
  t.deepEqual(answer, {
    kind: 'reading',
    reading: { ...FIGURES, serviceId: url, serviceName: 'a' },
  });
});

test('a time may come as ISO 8601', async (t) => {
  const { answer } = await ask(t, saying({ ...FIGURES, timestamp: '2026-01-01T00:00:00Z' }));
  t.like(answer, { reading: { timestamp: Date.UTC(2026, 0, 1) } });
});

test('a service without a load path is not asked', async (t) => {
  const { url, probe } = await ask(t, saying(FIGURES));
  t.deepEqual(await probe.probe('b', url), { kind: 'unusable', reason: 'it has no load path' });
});

for (const [what, listener, reason] of [
  ['lies: 200 with HTML', saying('<html><body>Login</body></html>'), /no JSON: "<html><body>Login/],
  ['leaves a figure out', saying({ ...FIGURES, errorRate: undefined }), /errorRate/],
  ['says NaN', saying(JSON.stringify(FIGURES).replace('40', 'NaN')), /no JSON/],
  ['says nothing', saying(''), /no JSON: ""$/],
  ['says "NaN"', saying({ ...FIGURES, cpuUsagePercent: 'NaN' }), /cpuUsagePercent/],
  ['says null', saying('null'), /no LoadMetrics/],
  ['fails', saying({}, 503), /answered 503/],
  ['redirects', saying('', 302), /answered 302/],
  ['never ends', saying('x'.repeat(70_000)), /larger than 65536 bytes/],
  ['hangs', () => {}, /^it gave no answer within 2000 ms$/],
  ['begins and never ends', drip, /^it gave no answer within 2000 ms$/],
  ['breaks off', (request) => request.socket.destroy(), /./],
] satisfies [string, RequestListener, RegExp][]) {
  test(`an instance that ${what} has said nothing`, async (t) => {
    const begun = performance.now();
    const { answer } = await ask(t, listener);
    t.is(answer.kind, 'unusable');
    t.regex(answer.kind === 'unusable' ? answer.reason : '', reason);
    t.true(performance.now() - begun < 10_000);
  });
}

test('where nobody listens at any address of a name, each is named', async (t) => {
  const nobody = 'http://localhost:1';
  const result = readServiceRegistry({ services: { a: { instances: [nobody], load: '/load' } } });
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.problems));
  const probe = createLoadProbe(result.registry);
  t.teardown(() => probe.close());
  const answer = await probe.probe('a', nobody);
  t.regex(answer.kind === 'unusable' ? answer.reason : '', /ECONNREFUSED/);
});
