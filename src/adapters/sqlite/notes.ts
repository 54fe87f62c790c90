import type { DatabaseSync } from 'node:sqlite';
import { text } from '#adapters/sqlite/row.ts';

/** Notes. Synchronous; `save` runs inside a transaction. */
export type Notes = {
  read(name: string): string | null;
  save(name: string, text: string): void;
};

export function createNotes(database: DatabaseSync): Notes {
  const select = database.prepare('SELECT note FROM notes WHERE name = ?');
  const upsert = database.prepare(
    'INSERT INTO notes (name, note) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET note = excluded.note',
  );
  return {
    read(name) {
      const row = select.get(name);
      return row ? text(row, 'note', `note ${name}`) : null;
    },
    save: (name, note) => void upsert.run(name, note),
  };
}
