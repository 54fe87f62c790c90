import { readFile } from 'node:fs/promises';
import test from 'ava';
import { readServiceRegistry } from '#adapters/http/read-service-registry.ts';
import { parseJson } from '#domain/parse-json.ts';

const DOC = new URL('../../../docs/services.md', import.meta.url);

test('the example of docs/services.md is a registry, and its second service shows the defaults that the page tells', async (t) => {
  const doc = await readFile(DOC, 'utf8');
  const example = /```json\n(.*?)```/s.exec(doc)?.[1] ?? '';
  const result = readServiceRegistry(parseJson(example));
  if (result.kind === 'invalid') return t.fail(JSON.stringify(result.problems));
  const [, plain] = result.registry.services;
  const told = new Map(
    [...doc.matchAll(/^\| (\w+) \| (.*?) \|/gm)].map(([, field, value]) => [field, value]),
  );
  t.is(told.get('timeoutMs'), String(plain?.timeoutMs));
  t.is(told.get('concurrency'), String(plain?.concurrency));
  t.is(told.get('rateLimit'), String(plain?.rateLimit));
  t.is(told.get('load'), String(plain?.loadPath));
  t.is(told.get('operations'), String(plain?.operations));
  for (const [field, value] of Object.entries(plain?.breaker ?? {})) {
    t.is(told.get(field), String(value), field);
  }
});

test('every fault of a file is told at once, each with its path and what is allowed', (t) => {
  const result = readServiceRegistry({
    services: {
      a: { instances: [], timeoutMs: '5s', breaker: { failureRate: 2, window: 5000 }, retries: 3 },
      b: {
        instances: ['ftp://x', 7],
        rateLimit: { max: 1 },
        headers: { 'x-a': 'ä' },
        load: 'load',
      },
      'no name': { instances: ['http://x'] },
      c: 1,
    },
    extra: 1,
  });
  if (result.kind === 'valid') return t.fail();
  const faults = result.problems.map(({ field, message }) => `${field}: ${message}`);
  const fieldsOfService =
    'instances, timeoutMs, concurrency, rateLimit, breaker, headers, aliases, load, operations';
  t.deepEqual(faults.toSorted(), [
    'extra: is not known here; there are services',
    'services.a.breaker.failureRate: must be a number above 0 and up to 1',
    'services.a.breaker.window: must be a whole number from 1 to 1000',
    'services.a.instances: must be a list of one URL or more',
    `services.a.retries: is not known here; there are ${fieldsOfService}`,
    'services.a.timeoutMs: must be a whole number from 1 to 2147483647',
    'services.b.headers.x-a: must be printable ASCII',
    'services.b.instances.0: must be http or https',
    'services.b.instances.1: must be an absolute URL like http://10.0.0.7:8080',
    'services.b.load: must be an absolute path',
    'services.b.rateLimit.perMs: is missing: it must be a whole number from 1 to 2147483647',
    `services.c: must be an object of ${fieldsOfService}`,
    'services.no name: must be letters, digits, dots, dashes and underscores, 1 to 100, beginning with a letter or digit',
  ]);
  for (const source of [null, [], 'text', {}]) {
    const empty = readServiceRegistry(source);
    t.is(empty.kind, 'invalid');
  }
});
