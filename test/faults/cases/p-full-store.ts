import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '#test/support/until.ts';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { arm, sabotaged } from '../harness/sabotage.ts';
import { sqliteFile } from '../harness/stores.ts';

/** Of 4 KiB: room for some workflows. */
const PAGES_LEFT = 30;

/** The disk is full: what can't be kept is refused, and all goes on once there is room again. */
export const fullStore: FaultCase = {
  letter: 'p',
  title: 'SQLITE_FULL',
  stores: ['sqlite'],
  setup: ({ folder }) => sabotaged(folder),
  async play({ engine, orders, place, folder, long, starts, blame }) {
    const bound = arm(folder, 'store-pages', pagesOf(sqliteFile(folder)) + PAGES_LEFT);
    const load = place({ orders: await orders(long ? 200 : 60), perSecond: 30 });
    await until(() => refused() >= 10, 60_000);
    await delay(long ? 10_000 : 1000);
    if ((await engine.api.ask('/orchestration/health')).status !== 200) blame('no word of health');
    bound.disarm();
    const end = healed();
    await load.done;
    return end;

    function refused(): number {
      return starts().filter(({ answers }) => answers.some(({ status }) => status === 503)).length;
    }
  },
};

function pagesOf(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
  } finally {
    database.close();
  }
}
