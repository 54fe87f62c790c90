import pRetry from 'p-retry';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import { openSqliteStore } from '#adapters/sqlite/open-sqlite-store.ts';
import type { EngineStore } from '#application/ports/engine-store.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { StoreLocation } from '#composition/settings.ts';

/** A store that is busy at start (another process migrates it, a backup holds it) is waited for about this often. */
const RETRIES = 5;

/**
 * Opens the store of STORE_URL.
 * @throws StoreUnavailableError when it can't be opened
 */
export async function openStore(location: StoreLocation, logger: Logger): Promise<EngineStore> {
  if (location.kind === 'memory') return createMemoryStore();
  return await pRetry(() => openSqliteStore({ path: location.path }), {
    retries: RETRIES,
    minTimeout: 200,
    shouldRetry: ({ error }) => error instanceof StoreUnavailableError,
    onFailedAttempt: ({ error, attemptNumber }) => {
      logger.warn(`waiting for the store (attempt ${attemptNumber})`, { reason: error.message });
    },
  });
}
