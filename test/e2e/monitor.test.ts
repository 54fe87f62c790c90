import { Redis } from 'ioredis';
import test from 'ava';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { until } from '#test/support/until.ts';

/** Two monitors, of which one leads; one limit in the registry. */
const engine = engineForFile(test, {
  counts: { monitor: 2 },
  services: { concurrency: 7 },
});

type Metrics = {
  readonly load: {
    readonly at: string;
    readonly services: readonly { readonly concurrency: { readonly limit: number } }[];
  } | null;
};

async function load(): Promise<Metrics['load']> {
  const { body } = await engine().api.ask('/orchestration/metrics');
  return (body as Metrics).load;
}

test.serial('a monitor that is killed is followed by another within 10 s', async (t) => {
  await until(async () => (await load()) !== null);
  const [first, second] = engine().running('monitor');
  if (!first || !second) throw new Error('two monitors should run');
  await until(async () => (await leads(first)) || (await leads(second)));
  const [leader, other] = (await leads(first)) ? [first, second] : [second, first];
  t.false(await leads(other));
  leader.signal('SIGKILL');
  const killedAt = Date.now();
  await until(() => leads(other), 15_000);
  const seen = (await load())?.at ?? '';
  await until(async () => ((await load())?.at ?? '') > seen);
  t.true(Date.now() - killedAt < 10_000, `${Date.now() - killedAt} ms`);
  t.true((await load())?.services.every(({ concurrency }) => concurrency.limit === 7));
});

test.serial('a wiped Redis has its limits and the load of the system back at once', async (t) => {
  const redis = new Redis(engine().redisUrl);
  t.teardown(() => redis.disconnect());
  const before = await load();
  await redis.flushall();
  const meta = '{wes}:steps.picking-service:meta';
  await until(async () => (await redis.hget(meta, 'concurrency')) === '7');
  await until(async () => ((await load())?.at ?? '') > (before?.at ?? ''));
  await until(async () => (await redis.hget(meta, 'throttled')) === '1');
  t.is((await load())?.services.length, before?.services.length);
});

test.serial('the last limit of monitors that are all dead decays to the usual one', async (t) => {
  const { running, redisUrl } = engine();
  for (const monitor of running('monitor')) {
    monitor.signal('SIGKILL');
    await monitor.ended;
  }
  const redis = new Redis(redisUrl);
  t.teardown(() => redis.disconnect());
  const meta = '{wes}:steps.picking-service:meta';
  t.deepEqual(await redis.hmget(meta, 'concurrency', 'throttled'), ['7', '1']);
  // as if it had died while the service was sick
  await redis.hset(meta, 'concurrency', 2);
  const killedAt = performance.now();
  const limit = async () => Number(await redis.hget(meta, 'concurrency'));
  await until(async () => (await limit()) > 2, 60_000);
  t.true(performance.now() - killedAt > 10_000, 'it held at first');
  await until(async () => (await limit()) === 7, 60_000);
  t.true(performance.now() - killedAt < 60_000);
  t.is(await redis.hget(meta, 'throttled'), null);
});

test.serial(
  'without monitor and reconciler a wiped Redis gets its limits from the workers',
  async (t) => {
    const { running, redisUrl } = engine();
    t.deepEqual(running('monitor'), []);
    for (const reconciler of running('reconciler')) await reconciler.stop();
    const redis = new Redis(redisUrl);
    t.teardown(() => redis.disconnect());
    await redis.flushall();
    const meta = '{wes}:steps.picking-service:meta';
    await until(async () => (await redis.hget(meta, 'concurrency')) === '7', 15_000);
    t.is(await redis.hget(meta, 'throttled'), null);
  },
);

async function leads(child: { log(): Promise<string> }): Promise<boolean> {
  return (await child.log()).includes('this process leads');
}
