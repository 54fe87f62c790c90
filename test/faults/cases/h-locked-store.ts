import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import { sqliteFile } from '../harness/stores.ts';

/**
 * Another process holds the write lock of the store while starts come in and workflows run. (SQLite has no server to kill: whoever
 * dies with the file open only leaves a lock to be cleaned up, which case a and i do all the time.)
 */
export const lockedStore: FaultCase = {
  letter: 'h',
  title: 'the store locked under load',
  stores: ['sqlite'],
  async play({ folder, orders, place, long, blame, starts }) {
    const before = place({ orders: await orders(long ? 100 : 30), perSecond: 30 });
    await before.accepted(15);
    const database = new DatabaseSync(sqliteFile(folder), { timeout: 10_000 });
    database.exec('BEGIN IMMEDIATE');
    const meanwhile = await orders(10);
    await place({ orders: meanwhile, perSecond: 10, insist: false }).done;
    await delay(long ? 10_000 : 2000);
    database.exec('ROLLBACK');
    database.close();
    const end = healed();
    await before.done;
    const sent = new Set(meanwhile.map(({ body }) => body.correlationId));
    for (const { key, correlationId, answers } of starts()) {
      const said = answers.map(({ status }) => status).join();
      if (sent.has(correlationId) && said !== '503') blame(`start ${key} was answered ${said}`);
    }
    return end;
  },
};
