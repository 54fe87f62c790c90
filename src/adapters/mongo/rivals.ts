import { StoreUnavailableError } from '#application/ports/errors.ts';
import { DUPLICATE_KEY, codeOf } from '#adapters/mongo/mongo-errors.ts';

/** More rivals than there are processes would be none. */
const ATTEMPTS = 100;

/**
 * An upsert that loses against another one of the same document finds it there the next time.
 * @param upsert null counts as lost: the document is not there to be given back
 */
export async function untilNoRival<T>(upsert: () => Promise<T | null>): Promise<T> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      const result = await upsert();
      if (result !== null) return result;
    } catch (error) {
      if (codeOf(error) !== DUPLICATE_KEY) throw error;
    }
  }
  throw new StoreUnavailableError(`a write lost against ${ATTEMPTS} others of the same document`);
}
