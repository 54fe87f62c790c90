import test from 'ava';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { readServiceRegistry } from '#adapters/http/read-service-registry.ts';
import { readConfig } from '#composition/config.ts';
import { settingsSchema } from '#composition/settings.ts';
import { registry } from '#simulator/services.ts';
import { readSettings } from '#simulator/settings.ts';

const strings = z.array(z.string());

/** What we use of the Compose format, and nothing else: a misspelt key is an error. */
const serviceSchema = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.literal('.'), dockerfile: z.string() }).optional(),
  profiles: strings.optional(),
  command: strings.default([]),
  environment: z.record(z.string(), z.string()).default({}),
  ports: strings.default([]),
  volumes: strings.default([]),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.string() })).default({}),
  healthcheck: z
    .strictObject({
      test: strings,
      interval: z.string(),
      timeout: z.string(),
      retries: z.int().optional(),
      start_period: z.string().optional(),
    })
    .optional(),
  deploy: z.strictObject({ replicas: z.int() }).optional(),
  init: z.boolean().optional(),
  restart: z.literal('unless-stopped'),
  stop_grace_period: z.string().optional(),
  read_only: z.boolean().optional(),
  tmpfs: strings.optional(),
  cap_drop: strings.optional(),
  security_opt: strings.optional(),
});
const composeSchema = z.strictObject({
  name: z.string(),
  'x-engine': z.unknown(),
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
});

/** The file as docker compose reads it: anchors merged, then variables at their defaults. */
const source = await readFile('docker-compose.yml', 'utf8');
const withDefaults: unknown = JSON.parse(
  JSON.stringify(parse(source, { merge: true })),
  (_key, value: unknown) =>
    typeof value === 'string' ? value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1') : value,
);
const { services, volumes } = composeSchema.parse(withDefaults);
const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);
const engine = ours.filter(([name]) => name !== 'simulator');
const packageJson = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(await readFile('package.json', 'utf8')));

test('compose runs every process of the engine, the simulator, Redis, MongoDB and Kafka', (t) => {
  const engineProcesses = ['web', 'worker', 'reconciler', 'monitor', 'releaser', 'relay', 'events'];
  const others = ['simulator', 'redis', 'mongo', 'kafka'];
  t.deepEqual(Object.keys(services), [...engineProcesses, ...others]);
  t.is(services['worker']?.deploy?.replicas, 2);
});

for (const [name, service] of engine) {
  test(`compose gives ${name} settings that exist and are valid`, (t) => {
    const known = Object.keys(settingsSchema.shape);
    const unknown = Object.keys(service.environment).filter((setting) => !known.includes(setting));
    t.deepEqual(unknown, []);
    t.is(readConfig(service.environment, false).kind, 'valid');
  });
}

test('compose gives the simulator settings that it understands', (t) => {
  const settings = readSettings(services['simulator']?.environment ?? {});
  t.true(settings.ok);
  t.is(settings.ok ? settings.value.PORT : 0, 8090);
});

for (const [name, { command }] of ours) {
  test(`compose starts ${name} with a program that exists`, (t) => {
    t.is(command[0], 'node');
    t.true(existsSync(command[1] ?? ''));
  });
}

test('a service that is waited for exists and can say that it is well', (t) => {
  const awaited = Object.values(services).flatMap((service) => Object.entries(service.depends_on));
  t.true(awaited.length > 0);
  for (const [name, { condition }] of awaited) {
    t.is(condition, 'service_healthy');
    t.truthy(services[name]?.healthcheck, name);
  }
});

test('volumes are declared if and only if they are used', (t) => {
  const used = Object.values(services)
    .flatMap((service) => service.volumes.map((volume) => volume.split(':')[0] ?? ''))
    .filter((volume) => !volume.startsWith('.'));
  t.deepEqual([...new Set(used)].toSorted(), Object.keys(volumes).toSorted());
});

test('nothing is published beyond this machine unless somebody says so', (t) => {
  const ports = Object.values(services).flatMap((service) => service.ports);
  t.deepEqual(ports, ['127.0.0.1:8080:8080']);
});

test('every variable of compose is explained in the example, and no secret has a value there', async (t) => {
  const used = [...source.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
  const example = await readFile('deploy/example.env', 'utf8');
  const explained = [...example.matchAll(/^(\w+)=/gm)].map(([, name = '']) => name);
  t.deepEqual([...new Set(used)].toSorted(), explained.toSorted());
  t.notRegex(example, /^\w*(PASSWORD|SECRET|TOKEN)\w*=\S/m);
});

test('the registry of the simulated services is the one that the simulator would write', async (t) => {
  const file: unknown = JSON.parse(await readFile('deploy/services.json', 'utf8'));
  t.deepEqual(file, registry('http://simulator:8090'));
  t.is(readServiceRegistry(file).kind, 'valid');
});

test('the image is made of files that exist, and its ignore file lets all of them in', async (t) => {
  const dockerfile = await readFile(services['web']?.build?.dockerfile ?? '', 'utf8');
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) =>
    files.split(' '),
  );
  const ignored = await readFile('deploy/Dockerfile.dockerignore', 'utf8');
  const admitted = [...ignored.matchAll(/^!(.+)$/gm)].map(([, file = '']) => file);
  t.deepEqual([...new Set(copied)].toSorted(), admitted.toSorted());
  for (const file of copied) t.true(existsSync(file), file);
});

test('every process of the Procfile is an npm script', async (t) => {
  const entries = [
    ...(await readFile('Procfile', 'utf8')).matchAll(/^(\w+): npm run --silent (\S+)$/gm),
  ];
  t.deepEqual(
    entries.map(([, name]) => name),
    ['web', 'worker', 'reconciler', 'monitor', 'releaser', 'relay', 'events'],
  );
  for (const [, name, script = ''] of entries) {
    t.is(name, script);
    t.truthy(packageJson.scripts[script]);
  }
});

test('every npm script that runs a file of ours names one that exists', (t) => {
  const files = Object.values(packageJson.scripts).flatMap(
    (script) => script.match(/\S+\.ts\b/g) ?? [],
  );
  t.true(files.length > 5);
  for (const file of files) t.true(existsSync(file), file);
});
