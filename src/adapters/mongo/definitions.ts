import { isDeepStrictEqual } from 'node:util';
import type { ProjectionType } from 'mongoose';
import { z } from 'zod';
import type { DefinitionStore, StoredDefinition } from '#application/ports/workflow-store.ts';
import { isJsonObject, type JsonObject } from '#domain/json.ts';
import { CorruptRecordError } from '#adapters/mongo/corrupt-record-error.ts';
import { DUPLICATE_KEY, codeOf } from '#adapters/mongo/mongo-errors.ts';
import type { Models } from '#adapters/mongo/models.ts';
import { DEFINITION_INDEX } from '#adapters/mongo/models/definition.ts';
import { readDocument, time } from '#adapters/mongo/read-document.ts';

const definition = z.object({
  definitionId: z.string(),
  version: z.int(),
  source: z.string(),
  createdAt: time,
  retired: z.boolean(),
});

const brief = definition.pick({ version: true, retired: true });

/** Definitions, the source as JSON text. Rejects with CorruptRecordError, and the driver's errors. */
export function createDefinitions({ definitions }: Models): DefinitionStore {
  function findOne(definitionId: string, version: number | null, fields: ProjectionType<unknown>) {
    const wanted = version === null ? { definitionId, retired: false } : { definitionId, version };
    return definitions.findOne(wanted, fields).sort({ version: -1 }).hint(DEFINITION_INDEX).lean();
  }

  async function findDefinition(definitionId: string, version: number | null) {
    const document = await findOne(definitionId, version, {});
    return document === null ? null : toDefinition(document);
  }

  return {
    findDefinition,
    async findVersion(definitionId, version) {
      const document = await findOne(definitionId, version, { _id: 0, version: 1, retired: 1 });
      return document === null ? null : readDocument(brief, document, 'definition');
    },
    async saveDefinition({ definitionId, version, source, createdAt }) {
      const text = JSON.stringify(source);
      try {
        await definitions.collection.insertOne({
          definitionId,
          version,
          source: text,
          createdAt: new Date(createdAt),
          retired: false,
        });
        return 'saved';
      } catch (error) {
        if (codeOf(error) !== DUPLICATE_KEY) throw error;
      }
      const stored = await findDefinition(definitionId, version);
      return isDeepStrictEqual(stored?.source, JSON.parse(text)) ? 'unchanged' : 'conflict';
    },
    async listDefinitions() {
      const documents = await definitions
        .find()
        .sort(DEFINITION_INDEX)
        .hint(DEFINITION_INDEX)
        .lean();
      return documents.map(toDefinition);
    },
    async retireDefinition(definitionId, version) {
      const { matchedCount } = await definitions.updateOne(
        { definitionId, version },
        { $set: { retired: true } },
      );
      return matchedCount > 0;
    },
  };
}

/** @throws CorruptRecordError naming the definition */
function toDefinition(document: unknown): StoredDefinition {
  const { source, ...rest } = readDocument(definition, document, 'definition');
  const record = `definition ${rest.definitionId}@${rest.version}`;
  return { ...rest, source: parse(source, record) };
}

function parse(source: string, record: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(source);
    if (isJsonObject(parsed)) return parsed;
  } catch (error) {
    throw new CorruptRecordError(record, 'source is not JSON', error);
  }
  throw new CorruptRecordError(record, 'source is no object');
}
