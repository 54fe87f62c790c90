import test from 'ava';
import { readConfig } from '#composition/config.ts';

/** @returns the sentences of the faults; [] for a valid environment */
function faultsOf(env: Record<string, string>): string[] {
  const result = readConfig(env, false);
  return result.kind === 'invalid' ? result.faults.map(({ message }) => message) : [];
}

function configOf(env: Record<string, string>, onTerminal = false) {
  const result = readConfig(env, onTerminal);
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.faults));
  return result.config;
}

test('an empty environment gives the documented defaults', (t) => {
  t.deepEqual(configOf({}), {
    http: { host: '127.0.0.1', port: 8080 },
    store: { kind: 'sqlite', path: 'data/wes.db' },
    redis: { url: null, dataDir: 'data/redis' },
    servicesFile: null,
    definitionsDir: 'definitions',
    worker: { concurrency: 50 },
    queuePrefix: '{wes}',
    reconcileIntervalMs: 1000,
    dispatchSlackMs: 10_000,
    shutdownGraceMs: 10_000,
    log: { level: 'info', format: 'json' },
    bullBoard: { user: 'admin', password: null, allowChanges: false },
  });
});

test('every setting is read', (t) => {
  t.deepEqual(
    configOf({
      HOST: '0.0.0.0',
      PORT: '0',
      STORE_URL: 'sqlite:/var/lib/wes/store.db',
      REDIS_URL: 'rediss://app:secret@queue.example:6380/1',
      REDIS_DATA_DIR: '/var/lib/redis',
      SERVICES_FILE: 'services.json',
      DEFINITIONS_DIR: '/etc/wes/definitions',
      WORKER_CONCURRENCY: '7',
      QUEUE_PREFIX: '{site-2}',
      RECONCILE_INTERVAL_MS: '50',
      DISPATCH_SLACK_MS: '200',
      SHUTDOWN_GRACE_MS: '0',
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'pretty',
      BULL_BOARD_USER: 'ops',
      BULL_BOARD_PASSWORD: 'hush',
      BULL_BOARD_ALLOW_CHANGES: 'true',
      PATH: '/usr/bin',
    }),
    {
      http: { host: '0.0.0.0', port: 0 },
      store: { kind: 'sqlite', path: '/var/lib/wes/store.db' },
      redis: { url: 'rediss://app:secret@queue.example:6380/1', dataDir: '/var/lib/redis' },
      servicesFile: 'services.json',
      definitionsDir: '/etc/wes/definitions',
      worker: { concurrency: 7 },
      queuePrefix: '{site-2}',
      reconcileIntervalMs: 50,
      dispatchSlackMs: 200,
      shutdownGraceMs: 0,
      log: { level: 'debug', format: 'pretty' },
      bullBoard: { user: 'ops', password: 'hush', allowChanges: true },
    },
  );
  t.deepEqual(configOf({ STORE_URL: 'memory:' }).store, { kind: 'memory' });
});

test('an empty value counts as not set', (t) => {
  t.deepEqual(
    configOf({ PORT: '', REDIS_URL: '', KAFKA_BROKERS: '', LOG_FORMAT: '' }),
    configOf({}),
  );
});

test('people on a terminal get a pretty log, unless LOG_FORMAT says otherwise', (t) => {
  t.is(configOf({}, true).log.format, 'pretty');
  t.is(configOf({ LOG_FORMAT: 'json' }, true).log.format, 'json');
});

test('all faults are reported together, each with its name, what is allowed and what was given', (t) => {
  t.deepEqual(
    faultsOf({
      PORT: '70000',
      WORKER_CONCURRENCY: 'many',
      LOG_LEVEL: 'loud',
      BULL_BOARD_ALLOW_CHANGES: '1',
    }),
    [
      'PORT: must be a whole number, 0 to 65535, not "70000"',
      'WORKER_CONCURRENCY: must be a whole number, 1 to 10000, not "many"',
      'LOG_LEVEL: must be one of error, warn, info, debug, not "loud"',
      'BULL_BOARD_ALLOW_CHANGES: must be true or false, not "1"',
    ],
  );
});

for (const value of ['-1', '8080.5', '0x50', '8e3', ' 80', '80 ', '１', 'NaN', '9'.repeat(400)]) {
  test(`PORT=${JSON.stringify(value.slice(0, 12))} is no port`, (t) => {
    t.is(faultsOf({ PORT: value }).length, 1);
  });
}

test('what comes later is refused by name, not ignored', (t) => {
  t.deepEqual(faultsOf({ STORE_URL: 'mongodb://app:hush@db/wes', KAFKA_BROKERS: 'kafka:9092' }), [
    'STORE_URL: MongoDB is not available yet; use sqlite:<path> or memory:',
    'KAFKA_BROKERS: Kafka is not available yet; leave it unset: events stay in the log',
  ]);
});

test('a fault never shows a value that may hold a password', (t) => {
  const faults = faultsOf({
    STORE_URL: 'postgres://app:hush@db/wes',
    REDIS_URL: 'http://app:hush@queue.example',
  });
  t.deepEqual(faults, [
    'STORE_URL: must be sqlite:<path> or memory:',
    'REDIS_URL: must be redis://[user:password@]host[:port][/db], or rediss:// for TLS',
  ]);
});
