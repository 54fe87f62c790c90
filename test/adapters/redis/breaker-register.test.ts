import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import { readServiceRegistry } from '#adapters/http/read-service-registry.ts';
import { createServiceCaller } from '#adapters/http/service-caller.ts';
import { createBreakerRegister } from '#adapters/redis/breaker-register.ts';
import { openRedis, producerConnection } from '#adapters/redis/connection.ts';
import type { BreakerState } from '#domain/policy/circuit-breaker.ts';
import { aCall } from '#test/adapters/http/callers.ts';
import { httpServer } from '#test/adapters/http/servers.ts';
import { createFakeClock } from '#test/support/fake-clock.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';
import { redisForFile, startTestRedis } from '#test/support/redis-server.ts';
import { until } from '#test/support/until.ts';

const server = redisForFile(test);
const SERVICE = 'inventory-service';
const OPEN_MS = 60_000;

/** Processes that call one service and share their breakers in one Redis; the clock and the answers are the test's. */
async function world(t: ExecutionContext, url = server().url) {
  const redis = openRedis(producerConnection(url), 'breaker test', recordingLogger());
  t.teardown(() => redis.disconnect());
  await until(() => redis.status === 'ready');
  const prefix = `{${randomUUID()}}`;
  const clock = createFakeClock();
  const service = { status: 200, requests: 0, held: null as ServerResponse[] | null };
  const http = await httpServer(t, (_, response) => {
    service.requests += 1;
    if (service.held) service.held.push(response);
    else response.writeHead(service.status).end();
  });
  const read = readServiceRegistry({ services: { [SERVICE]: { instances: [http.url] } } });
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems));
  const { registry } = read;
  const register = createBreakerRegister({ redis, prefix, clock });
  const startProcess = () => {
    const caller = createServiceCaller({ registry, clock, register });
    t.teardown(() => caller.close());
    return caller;
  };
  return { redis, key: `${prefix}:breakers`, clock, service, register, startProcess };
}

type World = Awaited<ReturnType<typeof world>>;
type Process = ReturnType<World['startProcess']>;

const stateOf = (process: Process) => process.breakers()[0]?.state;

async function open({ service, register }: World, process: Process): Promise<void> {
  service.status = 503;
  for (let call = 0; call < 5; call += 1) await process.call(aCall());
  await until(async () => (await register.readAll())?.get(SERVICE)?.kind === 'open');
  service.status = 200;
}

test('a breaker that one process opened is open in all, and for who only asks', async (t) => {
  const it = await world(t);
  const [one, other] = [it.startProcess(), it.startProcess()];
  await open(it, one);
  t.is(stateOf(other), 'closed', 'not heard yet');
  await other.syncBreakers();
  const { requests } = it.service;
  const openUntil = it.clock.now() + OPEN_MS;
  t.like(await other.call(aCall()), { kind: 'parked', untilMs: openUntil });
  t.is(it.service.requests, requests);
  const reason = '5 failures in a row';
  t.deepEqual(await it.register.read(), [
    { serviceName: SERVICE, state: 'open', since: it.clock.now(), openUntil, reason },
  ]);
});

test('half-open lets three probes through over all processes; the third success closes it for all', async (t) => {
  const it = await world(t);
  const processes = [it.startProcess(), it.startProcess(), it.startProcess()];
  const [first] = processes;
  if (!first) throw new Error('three processes');
  await open(it, first);
  await Promise.all(processes.map((process) => process.syncBreakers()));
  it.clock.move(OPEN_MS);
  it.service.held = [];
  const before = it.service.requests;
  const calls = processes.flatMap((process) => [1, 2, 3].map(() => process.call(aCall())));
  await until(() => it.service.held?.length === 3);
  const parked = await Promise.race([Promise.all(calls.map(settledOrNull)), late()]);
  t.is(parked.filter((result) => result?.kind === 'parked').length, 6);
  t.is(it.service.requests - before, 3);

  for (const response of it.service.held) response.end();
  it.service.held = null;
  const results = await Promise.all(calls);
  t.is(results.filter(({ kind }) => kind === 'replied').length, 3);
  await Promise.all(processes.map((process) => process.syncBreakers()));
  t.deepEqual(processes.map(stateOf), ['closed', 'closed', 'closed']);
  t.like(await it.register.read(), [{ state: 'closed', since: it.clock.now() }]);
});

test('a probe that fails in one process opens it for all', async (t) => {
  const it = await world(t);
  const [one, other] = [it.startProcess(), it.startProcess()];
  await open(it, one);
  await other.syncBreakers();
  it.clock.move(OPEN_MS);
  await one.call(aCall());
  it.service.status = 500;
  await other.call(aCall());
  await one.syncBreakers();
  t.deepEqual([stateOf(one), stateOf(other)], ['open', 'open']);
});

test('an open breaker that nobody calls is not open for ever: its time over, it is half-open', async (t) => {
  const it = await world(t);
  const process = it.startProcess();
  await open(it, process);
  it.clock.move(OPEN_MS);
  const since = it.clock.now();
  t.like(await it.register.read(), [{ state: 'half-open', since, openUntil: null }]);
  t.like(process.breakers(), [{ state: 'half-open', since, openUntil: null }]);
  it.clock.move(3_600_000);
  t.like(await it.register.read(), [{ state: 'half-open', since }]);
});

test('what Redis lost is told it again by who knows', async (t) => {
  const it = await world(t);
  const [one, other] = [it.startProcess(), it.startProcess()];
  await open(it, one);
  await it.redis.del(it.key);
  await other.syncBreakers();
  t.deepEqual(await it.register.read(), []);
  await one.syncBreakers();
  await other.syncBreakers();
  t.is(stateOf(other), 'open');
});

test('a process that opens its breaker on a wiped Redis has it open as well', async (t) => {
  const it = await world(t);
  const [one, other] = [it.startProcess(), it.startProcess()];
  await open(it, one);
  it.clock.move(OPEN_MS);
  for (let call = 0; call < 3; call += 1) await one.call(aCall());
  t.is(stateOf(one), 'closed');
  await it.redis.del(it.key);
  await open(it, one);
  await other.syncBreakers();
  t.is(stateOf(other), 'open');
});

test('without Redis each process goes by its own lights, and tells what came of it afterwards', async (t) => {
  const redis = await startTestRedis();
  t.teardown(redis.dispose);
  const it = await world(t, redis.url);
  const [one, other] = [it.startProcess(), it.startProcess()];
  await redis.kill();
  it.service.status = 503;
  for (let call = 0; call < 5; call += 1) await one.call(aCall());
  t.is((await one.call(aCall())).kind, 'parked');
  it.service.status = 200;
  t.is((await other.call(aCall())).kind, 'replied', 'its own is closed');
  it.clock.move(OPEN_MS);
  for (let call = 0; call < 3; call += 1) t.is((await one.call(aCall())).kind, 'replied');
  t.is(stateOf(one), 'closed', 'probes and all');
  it.service.status = 503;
  for (let call = 0; call < 5; call += 1) await one.call(aCall());
  await one.syncBreakers();
  t.is(stateOf(one), 'open');

  await redis.start();
  await until(() => it.redis.status === 'ready');
  await other.syncBreakers();
  await one.syncBreakers();
  await other.syncBreakers();
  t.deepEqual([stateOf(one), stateOf(other)], ['open', 'open']);
});

test("of states that are equally late the register's holds", async (t) => {
  const redis = await startTestRedis();
  t.teardown(redis.dispose);
  const it = await world(t, redis.url);
  const [one, other] = [it.startProcess(), it.startProcess()];
  await redis.kill();
  it.service.status = 503;
  for (let call = 0; call < 5; call += 1) await one.call(aCall());
  it.clock.move(1000);
  for (let call = 0; call < 5; call += 1) await other.call(aCall());
  const until1 = it.clock.now() - 1000 + OPEN_MS;
  await redis.start();
  await until(() => it.redis.status === 'ready');
  for (const process of [one, other]) await process.syncBreakers();
  t.like(one.breakers(), [{ state: 'open', openUntil: until1 }]);
  t.like(other.breakers(), [{ state: 'open', openUntil: until1 }]);
});

test('what is none of ours is removed and counts as absent', async (t) => {
  const it = await world(t);
  const garbage = { a: '{', b: '{"kind":"ajar"}', [SERVICE]: '{"kind":"open","generation":-1}' };
  await it.redis.hset(it.key, garbage);
  t.deepEqual(await it.register.read(), []);
  t.is(await it.redis.exists(it.key), 0);
  await it.redis.hset(it.key, garbage);
  await open(it, it.startProcess());
  t.like(await it.register.read(), [{ serviceName: SERVICE, state: 'open' }]);
});

test('of two that replace the same state one is told what the other wrote', async (t) => {
  const { register } = await world(t);
  const state = (since: number): BreakerState => ({
    kind: 'half-open',
    generation: 3,
    since,
    probes: [{ number: 0, begunAt: since }],
    succeeded: 1,
    nextProbe: 1,
  });
  t.deepEqual(await register.replace('a', null, state(1)), { kind: 'replaced' });
  t.deepEqual(await register.replace('a', null, state(2)), { kind: 'other', current: state(1) });
  t.deepEqual(await register.replace('a', state(1), state(2)), { kind: 'replaced' });
  t.deepEqual(await register.replace('a', state(1), state(3)), {
    kind: 'other',
    current: state(2),
  });
  t.deepEqual(await register.readAll(), new Map([['a', state(2)]]));
});

/** The result of a call that has ended by now; null: it is under way. */
async function settledOrNull<T>(call: Promise<T>): Promise<T | null> {
  return await Promise.race([call, new Promise<null>((resolve) => setTimeout(resolve, 500, null))]);
}

async function late(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  throw new Error('the calls hang');
}
