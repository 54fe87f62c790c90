import type { Connection } from 'mongoose';
import { MongoSetupError } from '#adapters/mongo/setup-error.ts';

/** Of collections, documents and indexes together; what `db:migrate` brings a database to. */
export const SCHEMA_VERSION = 2;

const ID = 'wes';

type SchemaDocument = { readonly _id: string; readonly version: number; readonly migratedAt: Date };

/** @returns 0: `db:migrate` has never been run on this database */
export async function readSchemaVersion(connection: Connection): Promise<number> {
  const found = await collection(connection).findOne({ _id: ID });
  return found?.version ?? 0;
}

/** Never lowers it: of two releases that migrate at once the newer one stays. */
export async function writeSchemaVersion(connection: Connection): Promise<void> {
  await collection(connection).updateOne(
    { _id: ID },
    { $max: { version: SCHEMA_VERSION }, $currentDate: { migratedAt: true } },
    { upsert: true },
  );
}

/** @throws MongoSetupError: what a newer release has made could be harmed by an older one */
export function assertNotNewer(version: number): void {
  if (version > SCHEMA_VERSION) {
    throw new MongoSetupError(
      `the database has schema version ${version}, this release knows versions up to ${SCHEMA_VERSION}: ` +
        'run the release that migrated it, or a later one',
    );
  }
}

function collection(connection: Connection) {
  return connection.getClient().db().collection<SchemaDocument>('schema_version');
}
