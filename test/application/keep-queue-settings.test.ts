import test from 'ava';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import { queueKeeper } from '#application/keep-queue-settings.ts';
import type { QueueSettings, QueueSettingsBoard } from '#application/ports/queue-settings.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';

const PAUSED: QueueSettings = { 'steps.a': { paused: true, concurrency: null } };
const LIMITED: QueueSettings = { 'steps.b': { paused: false, concurrency: 3 } };

/** A fake board: what is set, and a Redis that can be wiped. */
function scene(afterWipe: readonly (() => Promise<void>)[] = []) {
  const store = createMemoryStore();
  const redis: { mark: 'none' | 'restoring' | 'known'; settings: QueueSettings } = {
    mark: 'none',
    settings: {},
  };
  const board: QueueSettingsBoard = {
    look: async () => ({ wiped: redis.mark !== 'known', settings: redis.settings }),
    async restore(settings) {
      redis.mark = 'restoring';
      redis.settings = { ...redis.settings, ...settings };
    },
    async acknowledge() {
      if (redis.mark !== 'none') redis.mark = 'known';
      return redis.mark === 'known';
    },
  };
  const logger = recordingLogger();
  const keeper = (own = afterWipe) => queueKeeper({ board, store, logger, afterWipe: own });
  const wipe = () => Object.assign(redis, { mark: 'none', settings: {} });
  return { store, redis, board, logger, keeper, wipe };
}

test('what was set is set again after Redis was wiped, and the log says so', async (t) => {
  const { redis, keeper, wipe, logger } = scene();
  const look = keeper();
  await look();
  redis.settings = { ...PAUSED, ...LIMITED };
  await look();
  wipe();
  await look();
  t.deepEqual(redis.settings, { ...PAUSED, ...LIMITED });
  t.like(logger.lines.at(-1), { level: 'warn', fields: { queues: ['steps.a', 'steps.b'] } });
});

test('what was taken back stays taken back', async (t) => {
  const { redis, keeper, wipe } = scene();
  const look = keeper();
  await look();
  redis.settings = { ...PAUSED, ...LIMITED };
  await look();
  redis.settings = LIMITED;
  await look();
  wipe();
  await look();
  t.deepEqual(redis.settings, LIMITED);
});

test('a Redis that is wiped once more while it is restored is restored once more', async (t) => {
  let wipes = 0;
  const { redis, keeper, wipe, logger } = scene();
  await keeper()();
  redis.settings = PAUSED;
  await keeper()();
  wipe();
  const look = keeper([async () => void (++wipes === 1 && wipe())]);
  await look();
  t.deepEqual(redis.settings, {});
  t.is(logger.lines.filter(({ level }) => level === 'warn').length, 0);
  await look();
  t.deepEqual(redis.settings, PAUSED);
  await look();
  t.deepEqual(redis.settings, PAUSED, 'nothing was forgotten');
});

test('another process remembers', async (t) => {
  const { redis, keeper, wipe } = scene();
  await keeper()();
  redis.settings = PAUSED;
  await keeper()();
  wipe();
  await keeper()();
  t.deepEqual(redis.settings, PAUSED);
});

test('a restoration that fails half-way is begun anew, and nothing is forgotten meanwhile', async (t) => {
  const { redis, keeper, wipe } = scene();
  await keeper()();
  redis.settings = PAUSED;
  await keeper()();
  wipe();
  const failing = keeper([() => Promise.reject(new Error('away'))]);
  await t.throwsAsync(failing, { message: 'away' });
  t.not(redis.mark, 'known');
  redis.settings = {}; // wiped once more before anybody came back
  await keeper()();
  t.deepEqual(redis.settings, PAUSED);
});

test('whoever else restores something is called once a wipe, in order', async (t) => {
  const called: string[] = [];
  const { keeper, wipe } = scene([
    async () => void called.push('first'),
    async () => void called.push('second'),
  ]);
  const look = keeper();
  await look();
  await look();
  t.deepEqual(called, ['first', 'second']);
  wipe();
  await look();
  t.is(called.length, 4);
});

test('looking writes nothing where nothing is new', async (t) => {
  const { store, redis, keeper } = scene();
  const saved: (string | null)[] = [];
  const { saveCursor } = store;
  store.saveCursor = async (name, fence, text) => {
    saved.push(text);
    return await saveCursor(name, fence, text);
  };
  const look = keeper();
  for (const settings of [{}, {}, PAUSED, PAUSED, {}, {}]) {
    redis.settings = settings;
    await look();
  }
  t.deepEqual(saved, [JSON.stringify(PAUSED), '{}']);
});

test('one that was frozen between looking and noting does not undo what its successor noted', async (t) => {
  const { store, redis, keeper, board, wipe } = scene();
  await keeper()();
  const frozen = Promise.withResolvers<void>();
  const hasLooked = Promise.withResolvers<void>();
  const { look } = board;
  const old = keeper();
  board.look = async () => {
    const seen = await look();
    hasLooked.resolve();
    await frozen.promise;
    return seen;
  };
  redis.settings = LIMITED;
  const late = old();
  await hasLooked.promise;
  board.look = look;
  redis.settings = PAUSED;
  await keeper()();
  frozen.resolve();
  await late;
  t.is(await store.readCursor('queue-settings'), JSON.stringify(PAUSED));
  wipe();
  await keeper()();
  t.deepEqual(redis.settings, PAUSED);
});
