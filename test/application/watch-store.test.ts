import test from 'ava';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import type { EngineStore } from '#application/ports/engine-store.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import { watchStore } from '#application/watch-store.ts';
import { call, definitionOf } from '#test/support/domain-definitions.ts';
import { begin, createEngineWorld, startProcess } from '#test/support/engine-process.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';

/** A store on a disk that can be filled: what is there can still be read. */
function scene() {
  const memory = createMemoryStore();
  const disk = { isFull: false };
  const keep = <T>(work: () => Promise<T>) =>
    disk.isFull ? Promise.reject(new StoreUnavailableError('disk is full')) : work();
  const small: EngineStore = {
    ...memory,
    append: (commit) => keep(() => memory.append(commit)),
    saveNote: (name, text) => keep(() => memory.saveNote(name, text)),
  };
  const logger = recordingLogger();
  const store = watchStore(small, logger);
  const world = { ...createEngineWorld(), store };
  const process = startProcess(world);
  return { disk, store, logger, process, start: () => begin(process, definitionOf([call('a')])) };
}

test('a store that takes no commits fails its ping until it takes writes again, and health says why', async (t) => {
  const { disk, store, process, start } = scene();
  await start();
  disk.isFull = true;
  await store.ping();
  await t.throwsAsync(start(), { instanceOf: StoreUnavailableError });
  await t.throwsAsync(store.ping(), { instanceOf: StoreUnavailableError, message: 'disk is full' });
  const health = await process.orchestration.getSystemHealth();
  t.like(health, { status: 'DOWN' });
  t.deepEqual(health.dependencies['store'], { status: 'DOWN', why: 'disk is full' });
  t.is(health.counts?.byStatus.EXECUTING, 1, 'what can be read is shown');
  disk.isFull = false;
  await store.ping();
  t.is((await process.orchestration.getSystemHealth()).status, 'UP');
});

test('a commit that goes through ends it as well', async (t) => {
  const { disk, store, start } = scene();
  disk.isFull = true;
  await t.throwsAsync(start());
  disk.isFull = false;
  await start();
  t.is(await store.readNote('write-probe'), null, 'nothing was left to try out');
  await store.ping();
});

test('the log tells the beginning and the end, once each', async (t) => {
  const { disk, store, logger, start } = scene();
  disk.isFull = true;
  for (let tries = 0; tries < 5; tries += 1) await t.throwsAsync(start());
  await t.throwsAsync(store.ping());
  disk.isFull = false;
  await store.ping();
  await start();
  t.like(logger.lines, [
    { level: 'error', fields: { reason: 'disk is full' } },
    { level: 'info', message: 'the store takes writes again' },
  ]);
  t.is(logger.lines.length, 2);
});
