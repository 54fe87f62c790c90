import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { openRedis, producerConnection } from '#adapters/redis/connection.ts';
import { createWorkflowLocks } from '#adapters/redis/workflow-locks.ts';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import type { WorkflowLocks } from '#application/ports/workflow-locks.ts';
import { fold } from '#domain/workflow/evolve.ts';
import { countingStore } from '#test/support/counting-store.ts';
import { succeeds } from '#test/support/domain-commands.ts';
import { call, definitionOf } from '#test/support/domain-definitions.ts';
import { begin, createEngineWorld, startProcess } from '#test/support/engine-process.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';
import { redisForFile, startTestRedis } from '#test/support/redis-server.ts';
import { until } from '#test/support/until.ts';

const server = redisForFile(test);

/** Processes that share locks under a prefix of their own. */
async function open(t: ExecutionContext, url = server().url) {
  const redis = openRedis(producerConnection(url), 'lock test', recordingLogger());
  t.teardown(() => redis.disconnect());
  await until(() => redis.status === 'ready');
  const prefix = `{${randomUUID()}}`;
  // patient, for the machine may be busy; `hasty` is as the engine has it
  const process = (waitMs = 10_000) =>
    createWorkflowLocks({ redis, prefix, waitMs, answerMs: 10_000 });
  const hasty = () => createWorkflowLocks({ redis, prefix, waitMs: 100 });
  return { redis, process, hasty, keyOf: (id: string) => `${prefix}:lock:${id}` };
}

/** Holds a lock until it is told to let go. */
async function hold(locks: WorkflowLocks, workflowId: string) {
  const { promise: letGo, resolve } = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<boolean>();
  const ended = locks.around(workflowId, async (overtaken) => {
    begun.resolve(overtaken);
    await letGo;
  });
  const overtaken = await begun.promise;
  return {
    overtaken,
    async release() {
      resolve();
      await ended;
    },
  };
}

test('two processes take turns at a workflow; who had to wait knows that its state is old', async (t) => {
  const { process } = await open(t);
  const first = await hold(process(), 'w');
  t.false(first.overtaken);
  const told: string[] = [];
  const second = process().around('w', async (overtaken) =>
    told.push(overtaken ? 'overtaken' : 'at once'),
  );
  await delay(30);
  t.deepEqual(told, []);
  await first.release();
  await second;
  t.deepEqual(told, ['overtaken']);
});

test('who comes after another process knows it, who comes after itself does not think so', async (t) => {
  const { process } = await open(t);
  const [a, b] = [process(), process()];
  const come = (locks: WorkflowLocks) => locks.around('w', async (overtaken) => overtaken);
  t.deepEqual(
    [await come(a), await come(a), await come(b), await come(b), await come(a), await come(a)],
    [false, false, true, false, true, false],
  );
});

test('different workflows do not wait for each other', async (t) => {
  const { process } = await open(t);
  const held = await hold(process(), 'a');
  t.true(await process().around('b', async (overtaken) => !overtaken));
  await held.release();
});

test('what the work answers or throws comes out, and the lock is free after either', async (t) => {
  const { redis, process, keyOf } = await open(t);
  const locks = process();
  t.is(await locks.around('w', async () => 42), 42);
  const failure = new Error('the store said no');
  await t.throwsAsync(
    locks.around('w', () => Promise.reject(failure)),
    { is: failure },
  );
  await until(async () => (await redis.exists(keyOf('w'))) === 0);
});

test('a lock that is not given up in time is gone without', async (t) => {
  const { process } = await open(t);
  const held = await hold(process(), 'w');
  const asked = performance.now();
  t.true(await process(100).around('w', async (overtaken) => overtaken));
  const tookMs = performance.now() - asked;
  t.true(tookMs >= 95 && tookMs < 5000, `${tookMs}`);
  await held.release();
});

test('the lock of a dead process expires by itself', async (t) => {
  const { redis, process, keyOf } = await open(t);
  await hold(process(), 'w'); // and is never heard of again
  t.true((await redis.pttl(keyOf('w'))) > 0);
  t.true((await redis.pttl(keyOf('w'))) <= 2000);
});

test('who lost the lock while it was frozen takes nothing from the one who has it', async (t) => {
  const { redis, process, keyOf } = await open(t);
  const frozen = await hold(process(), 'w');
  await redis.del(keyOf('w')); // as if it had expired
  const successor = await hold(process(), 'w');
  const owner = await redis.get(keyOf('w'));
  await frozen.release();
  await delay(50);
  t.is(await redis.get(keyOf('w')), owner);
  await successor.release();
  await until(async () => (await redis.exists(keyOf('w'))) === 0);
});

test('without Redis the work is done at once, and so is all that follows', async (t) => {
  const own = await startTestRedis();
  t.teardown(own.dispose);
  const { redis, hasty } = await open(t, own.url);
  const locks = hasty();
  await locks.around('w', async () => {});
  await own.kill();
  const asked = performance.now();
  for (let n = 0; n < 200; n += 1) t.is(await locks.around('w', async () => n), n);
  t.true(performance.now() - asked < 2000);
  await own.start();
  await until(() => redis.status === 'ready');
  await until(async () => {
    const held = await hold(locks, 'again');
    const isHeld = (await redis.keys('*:lock:again')).length === 1;
    await held.release();
    return isHeld;
  });
  t.pass();
});

test('a Redis that is silent is waited for once, and not for long', async (t) => {
  const own = await startTestRedis();
  t.teardown(own.dispose);
  const { redis, hasty } = await open(t, own.url);
  const locks = hasty();
  await redis.client('PAUSE', 3000);
  const asked = performance.now();
  for (let n = 0; n < 50; n += 1) await locks.around('w', async () => {});
  t.true(performance.now() - asked < 900);
});

/** The branches of a wide fork, reported by two processes at once: the hardest case for a compare-and-set. */
async function reportBranches(locks: readonly [WorkflowLocks, WorkflowLocks] | null) {
  const world = createEngineWorld();
  const { counts, store } = countingStore(createMemoryStore());
  const slow: typeof store = {
    ...store,
    async append(commit) {
      await delay(2);
      return await store.append(commit);
    },
  };
  const processes = [0, 1].map((n) =>
    startProcess(
      { ...world, store: slow },
      locks === null ? {} : { locks: locks[n === 0 ? 0 : 1] },
    ),
  );
  const branches = Array.from({ length: 40 }, (_, n) => `s${n}`);
  const definition = definitionOf(branches.map((stepId) => call(stepId)));
  const [here, there] = processes;
  if (here === undefined || there === undefined) throw new Error('there are two');
  const id = await begin(here, definition);
  await Promise.all(
    branches.map((stepId, n) =>
      (n % 2 === 0 ? here : there).workflows.handle(id, succeeds(stepId)),
    ),
  );
  const log = await store.readLog(id, 0);
  return { appends: counts.append, status: fold(definition, log)?.status };
}

test('with locks fewer commits are refused; without them, and with broken ones, the outcome is the same', async (t) => {
  const { process } = await open(t);
  const none = await reportBranches(null);
  const locked = await reportBranches([process(), process()]);
  // each believes to hold every lock: stolen, expired or frozen ones come to the same
  const broken: WorkflowLocks = { around: (_workflowId, work) => work(false) };
  const stolen = await reportBranches([broken, broken]);
  for (const { status } of [none, locked, stolen]) t.is(status, 'COMPLETED');
  t.true(none.appends > 41, `${none.appends}`);
  t.true(locked.appends < none.appends, `${locked.appends} < ${none.appends}`);
  t.true(stolen.appends > 41);
});
