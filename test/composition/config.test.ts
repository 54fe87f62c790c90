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
    kafka: null,
    release: {
      lanesFile: null,
      laneCap: 200,
      groups: 1,
      classWaitMs: 1_800_000,
      lookAheadHoldsHigh: true,
    },
    servicesFile: null,
    definitionsDir: 'definitions',
    triggersFile: 'config/triggers.json',
    worker: { concurrency: 50 },
    stateCacheSize: 5000,
    sharedStateCacheSize: 0,
    workflowLockWaitMs: 0,
    queuePrefix: '{wes}',
    reconcileIntervalMs: 1000,
    dispatchSlackMs: 10_000,
    handOver: 'early',
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
      TRIGGERS_FILE: '/etc/wes/triggers.json',
      WORKER_CONCURRENCY: '7',
      STATE_CACHE_SIZE: '0',
      SHARED_STATE_CACHE_SIZE: '300',
      WORKFLOW_LOCK_WAIT_MS: '50',
      QUEUE_PREFIX: '{site-2}',
      RECONCILE_INTERVAL_MS: '50',
      DISPATCH_SLACK_MS: '200',
      STEP_HANDOVER: 'flow',
      SHUTDOWN_GRACE_MS: '0',
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'pretty',
      BULL_BOARD_USER: 'ops',
      BULL_BOARD_PASSWORD: 'hush',
      BULL_BOARD_ALLOW_CHANGES: 'true',
      LANES_FILE: 'lanes.json',
      LANE_CAP: '7',
      RELEASER_GROUPS: '4',
      CLASS_WAIT_MS: '60000',
      LOOK_AHEAD_HOLDS_HIGH: 'false',
      PATH: '/usr/bin',
    }),
    {
      http: { host: '0.0.0.0', port: 0 },
      store: { kind: 'sqlite', path: '/var/lib/wes/store.db' },
      redis: { url: 'rediss://app:secret@queue.example:6380/1', dataDir: '/var/lib/redis' },
      kafka: null,
      release: {
        lanesFile: 'lanes.json',
        laneCap: 7,
        groups: 4,
        classWaitMs: 60_000,
        lookAheadHoldsHigh: false,
      },
      servicesFile: 'services.json',
      definitionsDir: '/etc/wes/definitions',
      triggersFile: '/etc/wes/triggers.json',
      worker: { concurrency: 7 },
      stateCacheSize: 0,
      sharedStateCacheSize: 300,
      workflowLockWaitMs: 50,
      queuePrefix: '{site-2}',
      reconcileIntervalMs: 50,
      dispatchSlackMs: 200,
      handOver: 'flow',
      shutdownGraceMs: 0,
      log: { level: 'debug', format: 'pretty' },
      bullBoard: { user: 'ops', password: 'hush', allowChanges: true },
    },
  );
  t.deepEqual(configOf({ STORE_URL: 'memory:' }).store, { kind: 'memory' });
  for (const url of ['mongodb://app:hush@db/wes', 'mongodb+srv://cluster.example/wes']) {
    t.deepEqual(configOf({ STORE_URL: url }).store, { kind: 'mongodb', url });
  }
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

test('with brokers alone Kafka has the documented topics and defaults', (t) => {
  t.deepEqual(configOf({ KAFKA_BROKERS: 'k1.example:9092,127.0.0.1:9093' }).kafka, {
    brokers: ['k1.example:9092', '127.0.0.1:9093'],
    clientId: 'wes-orchestration',
    group: 'wes-orchestration',
    topics: {
      workflow: 'orchestration.workflow.events',
      system: 'orchestration.system.events',
      deadLetters: 'orchestration.dead-letters',
    },
    partitions: 6,
    replication: null,
    eventFormat: 'structured',
    relayIntervalMs: 100,
    relayPartitions: 1,
  });
});

test('every setting of Kafka is read', (t) => {
  const kafka = {
    KAFKA_BROKERS: 'kafka:9092',
    KAFKA_CLIENT_ID: 'site-2',
    KAFKA_GROUP: 'site-2.wes',
    KAFKA_WORKFLOW_TOPIC: 'site2.workflows',
    KAFKA_SYSTEM_TOPIC: 'site2.system',
    KAFKA_DEAD_LETTER_TOPIC: 'site2.dead',
    KAFKA_PARTITIONS: '24',
    KAFKA_REPLICATION: '3',
    KAFKA_EVENT_FORMAT: 'binary',
    RELAY_INTERVAL_MS: '10',
    RELAY_PARTITIONS: '4',
  };
  t.deepEqual(configOf(kafka).kafka, {
    brokers: ['kafka:9092'],
    clientId: 'site-2',
    group: 'site-2.wes',
    topics: { workflow: 'site2.workflows', system: 'site2.system', deadLetters: 'site2.dead' },
    partitions: 24,
    replication: 3,
    eventFormat: 'binary',
    relayIntervalMs: 10,
    relayPartitions: 4,
  });
});

test('faulty settings of Kafka are told, also where no brokers are given', (t) => {
  t.deepEqual(
    faultsOf({
      KAFKA_BROKERS: 'kafka://broker:9092',
      KAFKA_WORKFLOW_TOPIC: 'two words',
      KAFKA_REPLICATION: '0',
      KAFKA_EVENT_FORMAT: 'avro',
    }),
    [
      'KAFKA_BROKERS: must be host:port, several separated by commas, not "kafka://broker:9092"',
      'KAFKA_WORKFLOW_TOPIC: must be the name of a topic: up to 249 letters, digits and ._-, not "two words"',
      'KAFKA_REPLICATION: must be a whole number, 1 to 10, not "0"',
      'KAFKA_EVENT_FORMAT: must be one of structured, binary, not "avro"',
    ],
  );
  t.is(faultsOf({ KAFKA_PARTITIONS: 'many' }).length, 1);
});

test('a fault never shows a value that may hold a password', (t) => {
  const faults = faultsOf({
    STORE_URL: 'postgres://app:hush@db/wes',
    REDIS_URL: 'http://app:hush@queue.example',
  });
  t.deepEqual(faults, [
    'STORE_URL: must be sqlite:<path>, mongodb://[user:password@]host[:port]/<database> or memory:',
    'REDIS_URL: must be redis://[user:password@]host[:port][/db], or rediss:// for TLS',
  ]);
});
