import { freeze } from '#test/support/processes/freeze.ts';
import { until } from '#test/support/until.ts';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { pickOne } from '../harness/processes.ts';
import { sqliteFile } from '../harness/stores.ts';

/**
 * A worker freezes with calls under way, for longer than its locks last; others do its work. When it goes on, its results come too
 * late: they change nothing.
 */
export const frozenWorker: FaultCase = {
  letter: 'f',
  title: 'SIGSTOP of a worker past its locks, then SIGCONT',
  setup: () => ({ faults: { latency: [{ medianMs: 200, sigma: 0.5, maxMs: 800 }] } }),
  async play({ engine, folder, orders, place, random, long, settled, blame }) {
    const load = place({ orders: await orders(long ? 200 : 40), perSecond: 20 });
    await load.accepted(20);
    const frozen = pickOne(engine.running('worker'), random);
    await freeze(frozen, sqliteFile(folder));
    const since = healed();
    await load.done;
    await settled();
    const recoveredMs = performance.now() - since.tick;
    const before = await finished();

    frozen.signal('SIGCONT');
    // BullMQ refuses to hear of jobs that others have taken over, or done
    await until(async () => /Missing (?:lock|key)/.test(await frozen.log()), 30_000);
    // it ends in good order: all that it had begun it has tried to report
    const { code } = await frozen.stop();
    if (code !== 0) blame(`the worker that had been frozen ended with ${code}`);
    const after = await finished();
    for (const [id, updatedAt] of before) {
      if (after.get(id) !== updatedAt) blame(`${id} changed after its end`);
    }
    return { ...since, recoveredMs };

    async function finished(): Promise<ReadonlyMap<string, string>> {
      return new Map((await engine.api.list()).map(({ id, updatedAt }) => [id, updatedAt]));
    }
  },
};
