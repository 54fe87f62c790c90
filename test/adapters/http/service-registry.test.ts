import test from 'ava';
import { readServiceRegistry } from '#adapters/http/read-service-registry.ts';
import type { ServiceRegistry } from '#adapters/http/service-registry.ts';
import { DEFAULT_BREAKER } from '#domain/policy/circuit-breaker.ts';

const INSTANCES = ['http://10.0.0.7:8080'];

function registryOf(services: Record<string, unknown>): ServiceRegistry {
  const result = readServiceRegistry({ services });
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.problems));
  return result.registry;
}

/** The faults of a file, as `field: message`. */
function faults(source: unknown): string[] {
  const result = readServiceRegistry(source);
  if (result.kind === 'valid') return [];
  return result.problems.map(({ field, message }) => `${field}: ${message}`);
}

function faultsOf(service: Record<string, unknown>): string[] {
  return faults({ services: { 'a-service': { instances: INSTANCES, ...service } } });
}

test('the registry of SPEC 9 is read as it stands there', (t) => {
  const registry = registryOf({
    'inventory-service': {
      instances: ['http://10.0.0.7:8080'],
      timeoutMs: 5000,
      concurrency: 20,
      rateLimit: { max: 100, perMs: 1000 },
      breaker: {
        failureRate: 0.5,
        window: 10,
        minimumCalls: 10,
        consecutiveFailures: 5,
        openMs: 60_000,
        halfOpenCalls: 3,
      },
      headers: { 'x-api-key': '...' },
      aliases: ['inventory'],
      load: '/load',
    },
  });
  t.deepEqual(registry.services, [
    {
      name: 'inventory-service',
      queueName: 'steps.inventory-service',
      instances: [{ url: 'http://10.0.0.7:8080', origin: 'http://10.0.0.7:8080', basePath: '' }],
      timeoutMs: 5000,
      concurrency: 20,
      rateLimit: { max: 100, perMs: 1000 },
      breaker: DEFAULT_BREAKER,
      headers: { 'x-api-key': '...' },
      aliases: ['inventory'],
      loadPath: '/load',
      operations: null,
    },
  ]);
});

test('a service needs no more than an instance', (t) => {
  const service = registryOf({ 'a-service': { instances: INSTANCES } }).find('a-service');
  t.like(service, {
    timeoutMs: 5000,
    concurrency: null,
    rateLimit: null,
    breaker: DEFAULT_BREAKER,
    headers: {},
    aliases: [],
    loadPath: null,
    operations: null,
  });
});

test('a breaker that states one figure has the others of SPEC 3', (t) => {
  const breaker = { openMs: 1 };
  const service = registryOf({ 'a-service': { instances: INSTANCES, breaker } }).find('a-service');
  t.deepEqual(service?.breaker, { ...DEFAULT_BREAKER, openMs: 1 });
});

test('an instance may lie below a base path, with or without a slash at its end', (t) => {
  const instances = ['http://host/base/', 'https://host:8443', 'http://[::1]:80/'];
  const service = registryOf({ 'a-service': { instances } }).find('a-service');
  t.deepEqual(service?.instances, [
    { url: 'http://host/base', origin: 'http://host', basePath: '/base' },
    { url: 'https://host:8443', origin: 'https://host:8443', basePath: '' },
    { url: 'http://[::1]', origin: 'http://[::1]', basePath: '' },
  ]);
});

test('an alias finds the service, an unknown name nothing', (t) => {
  const registry = registryOf({ 'a-service': { instances: INSTANCES, aliases: ['a', 'b'] } });
  t.is(registry.find('b'), registry.find('a-service'));
  t.is(registry.find('c'), undefined);
  t.is(registry.find('constructor'), undefined);
});

test('operations, where given, are the only ones', (t) => {
  const service = registryOf({ 'a-service': { instances: INSTANCES, operations: ['reserve'] } });
  t.deepEqual(service.find('a-service')?.operations, new Set(['reserve']));
});

test('an alias that is a name, or another alias, is refused', (t) => {
  const source = {
    services: {
      a: { instances: INSTANCES, aliases: ['b', 'x', 'a'] },
      b: { instances: INSTANCES, aliases: ['x'] },
    },
  };
  t.deepEqual(faults(source), [
    'services.a.aliases.0: b is already the service b',
    'services.a.aliases.2: a is already the service a',
    'services.b.aliases.0: x is already an alias of a',
  ]);
});

test('all faults are told together, each with its place', (t) => {
  const fields = faults({
    services: {
      a: { instances: [], timeoutMs: 0, aliases: ['b'], retries: 3 },
      b: { instances: ['ftp://host', 7], concurrency: 1.5 },
    },
    other: 1,
  }).map((fault) => fault.split(': ')[0]);
  t.deepEqual(fields, [
    'services.a.instances',
    'services.a.timeoutMs',
    'services.a.retries',
    'services.b.instances.0',
    'services.b.instances.1',
    'services.b.concurrency',
    'other',
    'services.a.aliases.0',
  ]);
});

for (const instance of [
  'inventory',
  'ftp://host',
  'http://user:secret@host',
  'http://host/?a=1',
  'http://host/#top',
  'http://host/?',
]) {
  test(`${instance} is no instance`, (t) => {
    t.regex(faultsOf({ instances: [instance] }).join(), /^services\.a-service\.instances\.0: /);
  });
}

for (const [title, service] of Object.entries({
  'a header that the engine sets': { headers: { 'Idempotency-Key': 'x' } },
  'a header that belongs to the connection': { headers: { connection: 'close' } },
  'a header given twice': { headers: { 'X-Key': '1', 'x-key': '2' } },
  'a header name with a space': { headers: { 'x key': '1' } },
  'a header value with a line break': { headers: { 'x-key': 'a\r\nb: c' } },
  'a window smaller than the calls it needs': { breaker: { window: 5 } },
  'a failure rate of 0': { breaker: { failureRate: 0 } },
  'an endless timeout': { timeoutMs: 2 ** 31 },
  'half a rate limit': { rateLimit: { max: 1 } },
  'a load path that is a URL': { load: 'http://host/load' },
  'an alias with a colon': { aliases: ['a:b'] },
})) {
  test(`${title} is refused`, (t) => {
    t.is(faultsOf(service).length, 1);
  });
}

for (const name of ['', 'a b', 'a:b', '-a', '__proto__']) {
  test(`'${name}' is no name of a service`, (t) => {
    const source: unknown = JSON.parse(`{"services":{"${name}":{"instances":["http://h"]}}}`);
    t.is(faults(source).length, 1);
  });
}

for (const source of [null, [], 'services', {}, { services: [] }]) {
  test(`${JSON.stringify(source)} is no registry`, (t) => {
    t.is(readServiceRegistry(source).kind, 'invalid');
  });
}
