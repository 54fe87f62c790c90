import type { DatabaseSync } from 'node:sqlite';
import type { Claim } from '#application/ports/cursor-store.ts';
import { integer, nullable, text, type Row } from '#adapters/sqlite/row.ts';

/** Places of readers in the feed. Synchronous; `claim` and `save` run inside a transaction. */
export type Cursors = {
  claim(name: string): Claim;
  save(name: string, fence: number, position: string | null): boolean;
  read(name: string): string | null;
};

export function createCursors(database: DatabaseSync): Cursors {
  const claim = database.prepare(
    `INSERT INTO cursors (name, fence, position) VALUES (?, 1, NULL)
      ON CONFLICT (name) DO UPDATE SET fence = fence + 1 RETURNING fence, position`,
  );
  const save = database.prepare('UPDATE cursors SET position = ? WHERE name = ? AND fence = ?');
  const read = database.prepare('SELECT position FROM cursors WHERE name = ?');

  return {
    claim(name) {
      const row: Row = claim.get(name) ?? {};
      const record = `cursor ${name}`;
      return {
        fence: integer(row, 'fence', record),
        position: nullable(text, row, 'position', record),
      };
    },
    save: (name, fence, position) => save.run(position, name, fence).changes > 0,
    read(name) {
      const row = read.get(name);
      return row ? nullable(text, row, 'position', `cursor ${name}`) : null;
    },
  };
}
