import type { EngineStore } from '#application/ports/engine-store.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { Logger } from '#application/ports/logger.ts';

/** A note that tries out whether anything can be kept. */
const PROBE = 'write-probe';
/** More than the odd free page that a full disk may still have. */
const PROBE_TEXT = '.'.repeat(64 * 1024);

/**
 * The store, remembering whether it takes commits: a full disk, a lock that somebody holds or a server without its majority leaves
 * reads as they were. From the first commit that it refuses as unavailable until one goes through, `ping` tries to write, and
 * rejects with the reason when that fails. The log says once when it breaks, and once when it works again.
 */
export function watchStore(store: EngineStore, logger: Logger): EngineStore {
  let isRefusing = false;

  async function write<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      if (isRefusing) logger.info('the store takes writes again');
      isRefusing = false;
      return result;
    } catch (error) {
      if (!isRefusing && error instanceof StoreUnavailableError) {
        isRefusing = true;
        const message = 'the store takes no writes: starts and commands are refused, work waits';
        logger.error(message, { reason: error.message });
      }
      throw error;
    }
  }

  return {
    ...store,
    append: (commit) => write(() => store.append(commit)),
    async ping() {
      if (isRefusing) {
        await write(() => store.saveNote(PROBE, PROBE_TEXT));
        // what the probe took is free again for those who need it
        await store.saveNote(PROBE, '');
      }
      await store.ping();
    },
  };
}
