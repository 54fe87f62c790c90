import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LOOK_EVERY_MS, readNumber } from './read-number.ts';

/** SQLite's own bound of a file, which it answers with SQLITE_FULL as it does a full disk; 0 asks for it and changes nothing. */
const MOST_PAGES = 4_294_967_294;

/** Bounds the files of all connections of this process, as a disk without room would. */
export function armStoreBound(folder: string): void {
  const file = join(folder, 'store-pages');
  const open = new Set<DatabaseSync>();
  const { exec, close } = DatabaseSync.prototype;
  let pages = readNumber(file);
  const bound = (database: DatabaseSync) =>
    exec.call(database, `PRAGMA max_page_count = ${pages ?? MOST_PAGES}`);

  DatabaseSync.prototype.exec = function execWithin(sql) {
    exec.call(this, sql);
    if (open.has(this)) return;
    open.add(this);
    bound(this);
  };
  DatabaseSync.prototype.close = function closeBounded() {
    open.delete(this);
    close.call(this);
  };
  setInterval(() => {
    const now = readNumber(file);
    if (now === pages) return;
    pages = now;
    for (const database of open) bound(database);
  }, LOOK_EVERY_MS).unref();
}
