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
    const during = place({ orders: await orders(10), perSecond: 10, insist: false });
    await during.done;
    await delay(long ? 10_000 : 2000);
    database.exec('ROLLBACK');
    database.close();
    const end = healed();
    await before.done;
    const refused = starts().filter(({ answers }) => answers.some(({ status }) => status === 503));
    if (refused.length < 10) blame(`${refused.length} starts were answered 503, not all 10`);
    const others = starts().flatMap(({ answers }) => answers.map(({ status }) => status));
    const odd = others.filter((status) => status !== 201 && status !== 503);
    if (odd.length > 0) blame(`starts were answered ${odd.join(', ')}`);
    return end;
  },
};
