import pRetry, { type Options } from 'p-retry';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import { openSqliteStore } from '#adapters/sqlite/open-sqlite-store.ts';
import { isPassing } from '#adapters/sqlite/sqlite-errors.ts';
import type { EngineStore } from '#application/ports/engine-store.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { StoreLocation } from '#composition/settings.ts';

/** A file that is busy at start (another process migrates it, a backup holds it) is free within seconds, or needs a person. */
const FILE_WAIT = { retries: 5, minTimeout: 200, isPassing } as const;

/** A server may be started after the engine, or fail over meanwhile: it is waited for as long as that takes, like Redis. */
const SERVER_WAIT = {
  retries: Infinity,
  minTimeout: 200,
  maxTimeout: 5000,
  isPassing: (error: unknown) => error instanceof StoreUnavailableError,
} as const;

/**
 * Opens the store of STORE_URL.
 * @throws StoreUnavailableError when a file can't be opened, at once where waiting does not help; MongoSetupError when a server or its database is not as it must be
 */
export async function openStore(location: StoreLocation, logger: Logger): Promise<EngineStore> {
  switch (location.kind) {
    case 'memory':
      return createMemoryStore();
    case 'sqlite': {
      const open = () => openSqliteStore({ path: location.path });
      return await patiently(open, 'the store', FILE_WAIT, logger);
    }
    case 'mongodb': {
      const { url } = location;
      // only where it is needed: mongoose takes longer to load than all else
      const { openMongoStore } = await import('#adapters/mongo/open-mongo-store.ts');
      return await patiently(() => openMongoStore({ url }), 'MongoDB', SERVER_WAIT, logger);
    }
  }
}

async function patiently(
  open: () => Promise<EngineStore>,
  name: string,
  { isPassing: mayPass, ...wait }: Options & { readonly isPassing: (error: unknown) => boolean },
  logger: Logger,
): Promise<EngineStore> {
  return await pRetry(open, {
    ...wait,
    shouldRetry: ({ error }) => mayPass(error),
    onFailedAttempt: ({ error, attemptNumber, retriesLeft }) => {
      if (!mayPass(error) || retriesLeft === 0) return;
      logger.warn(`waiting for ${name} (attempt ${attemptNumber})`, { reason: error.message });
    },
  });
}
