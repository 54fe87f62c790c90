import { migrateMongoStore } from '#adapters/mongo/migrate-mongo-store.ts';
import { MongoSetupError } from '#adapters/mongo/setup-error.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';

/** As sysexits.h has them: a setting is wrong, or what it names is away and may be back. */
const EXIT_CONFIG = 78;
const EXIT_TEMPORARY = 75;

/** Prepares the database of STORE_URL for this release: collections, indexes, schema version. May be run again. */
async function main(url: string | undefined): Promise<number> {
  if (url === undefined || /^(sqlite|memory):/.test(url)) {
    console.log(
      'nothing to do: only a MongoDB store (STORE_URL=mongodb://host:27017/wes) is migrated',
    );
    return 0;
  }
  try {
    const { from, to, created } = await migrateMongoStore(url);
    for (const index of created) console.log(`index made: ${index}`);
    const indexes = created.length === 0 ? 'none to make' : `${created.length} made`;
    console.log(`schema version ${from === to ? to : `${from} -> ${to}`}, indexes: ${indexes}`);
    return 0;
  } catch (error) {
    if (error instanceof MongoSetupError) return fail(error, EXIT_CONFIG);
    if (error instanceof StoreUnavailableError) return fail(error, EXIT_TEMPORARY);
    throw error;
  }
}

function fail({ message }: Error, status: number): number {
  console.error(message);
  return status;
}

process.exitCode = await main(process.env['STORE_URL']);
