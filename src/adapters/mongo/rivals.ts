import { DUPLICATE_KEY, codeOf } from '#adapters/mongo/mongo-errors.ts';

/** More rivals than there are processes would be none. */
const ATTEMPTS = 100;

/** An upsert that loses against another one of the same document finds it there the next time. */
export async function untilNoRival<T>(upsert: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await upsert();
    } catch (error) {
      if (codeOf(error) !== DUPLICATE_KEY || attempt === ATTEMPTS) throw error;
    }
  }
}
