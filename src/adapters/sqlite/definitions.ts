import type { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import type { StoredDefinition } from '#application/ports/workflow-store.ts';
import { isJsonObject, type JsonObject } from '#domain/json.ts';
import { integer, json, text, type Row } from '#adapters/sqlite/row.ts';
import { CorruptRecordError } from '#application/ports/errors.ts';

/** Definitions. Synchronous; `save` and `retire` run inside a transaction. */
export type Definitions = {
  save(definition: Omit<StoredDefinition, 'retired'>): 'saved' | 'unchanged' | 'conflict';
  find(definitionId: string, version: number | null): StoredDefinition | null;
  findVersion(
    definitionId: string,
    version: number | null,
  ): Pick<StoredDefinition, 'version' | 'retired'> | null;
  list(): readonly StoredDefinition[];
  retire(definitionId: string, version: number): boolean;
};

export function createDefinitions(database: DatabaseSync): Definitions {
  const one = (columns: string) => ({
    exact: database.prepare(
      `SELECT ${columns} FROM definitions WHERE definition_id = ? AND version = ?`,
    ),
    newest: database.prepare(
      `SELECT ${columns} FROM definitions WHERE definition_id = ? AND retired = 0 ORDER BY version DESC LIMIT 1`,
    ),
  });
  const whole = one('*');
  const brief = one('version, retired');
  const all = database.prepare('SELECT * FROM definitions ORDER BY definition_id, version');
  const insert = database.prepare(
    'INSERT INTO definitions (definition_id, version, source, created_at) VALUES (?, ?, ?, ?)',
  );
  const retire = database.prepare(
    'UPDATE definitions SET retired = 1 WHERE definition_id = ? AND version = ?',
  );

  function find(definitionId: string, version: number | null): StoredDefinition | null {
    const row = pick(whole, definitionId, version);
    return row ? toDefinition(row) : null;
  }

  function pick({ exact, newest }: typeof whole, definitionId: string, version: number | null) {
    return version === null ? newest.get(definitionId) : exact.get(definitionId, version);
  }

  return {
    save({ definitionId, version, source, createdAt }) {
      const stored = find(definitionId, version);
      const authored = JSON.stringify(source);
      if (stored) return sameJson(stored.source, authored) ? 'unchanged' : 'conflict';
      insert.run(definitionId, version, authored, createdAt);
      return 'saved';
    },
    find,
    findVersion(definitionId, wanted) {
      const row = pick(brief, definitionId, wanted);
      if (!row) return null;
      const record = `definition ${definitionId}`;
      const version = integer(row, 'version', record);
      return { version, retired: integer(row, 'retired', record) !== 0 };
    },
    list: () => all.all().map(toDefinition),
    retire: (definitionId, version) => retire.run(definitionId, version).changes > 0,
  };
}

/** As JSON has it: the order of an object's members does not count. */
function sameJson(stored: JsonObject, authored: string): boolean {
  return isDeepStrictEqual(stored, JSON.parse(authored));
}

function toDefinition(row: Row): StoredDefinition {
  const definitionId = text(row, 'definition_id', 'a definition');
  const version = integer(row, 'version', `definition ${definitionId}`);
  const record = `definition ${definitionId}@${version}`;
  const source = json(row, 'source', record);
  if (!isJsonObject(source)) throw new CorruptRecordError(record, 'source is no object');
  return {
    definitionId,
    version,
    source,
    createdAt: integer(row, 'created_at', record),
    retired: integer(row, 'retired', record) !== 0,
  };
}
