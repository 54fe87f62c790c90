import type { Connection } from 'mongoose';
import type { Models } from '#adapters/mongo/models.ts';
import {
  assertNotNewer,
  readSchemaVersion,
  SCHEMA_VERSION,
} from '#adapters/mongo/schema-version.ts';
import { MongoSetupError } from '#adapters/mongo/setup-error.ts';

const MIGRATE = 'run npm run db:migrate';

/**
 * Refuses a server or database that could not keep the store's promises: it is better not to start.
 * @throws MongoSetupError that says what to do
 */
export async function checkSetup(connection: Connection, models: Models): Promise<void> {
  await checkReplicaSet(connection);
  const version = await readSchemaVersion(connection);
  assertNotNewer(version);
  if (version === 0) {
    throw new MongoSetupError(`the database ${connection.name} is not prepared: ${MIGRATE}`);
  }
  if (version < SCHEMA_VERSION) {
    throw new MongoSetupError(
      `the database has schema version ${version}, this release needs ${SCHEMA_VERSION}: ${MIGRATE}`,
    );
  }
  await checkIndexes(models);
}

/** A server of its own knows neither retryable writes nor a majority: an acknowledged commit could be lost. */
export async function checkReplicaSet(connection: Connection): Promise<void> {
  const hello = await connection.getClient().db('admin').command({ hello: 1 });
  if (hello['setName'] !== undefined || hello['msg'] === 'isdbgrid') return;
  throw new MongoSetupError(
    'the MongoDB server is no member of a replica set: start mongod with --replSet rs0 and run rs.initiate() once ' +
      '(a set of one will do)',
  );
}

async function checkIndexes(models: Models): Promise<void> {
  const missing = await missingIndexes(models);
  if (missing.length === 0) return;
  throw new MongoSetupError(
    `indexes are missing, or others than they should be: ${missing.join(', ')}; ${MIGRATE}`,
  );
}

/** @returns each by its collection and keys; also those that are there with other options */
export async function missingIndexes(models: Models): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const model of Object.values(models)) {
    const { toCreate } = await model.diffIndexes({ indexOptionsToCreate: false });
    missing.push(...toCreate.map((keys) => `${model.collection.name} ${JSON.stringify(keys)}`));
  }
  return missing;
}
