import type { ExecutionContext } from 'ava';
import { openMongoStore } from '#adapters/mongo/open-mongo-store.ts';
import { MongoSetupError } from '#adapters/mongo/setup-error.ts';

/** The store does not open, and its words tell a person what to do. */
export async function refused(t: ExecutionContext, url: string, message: RegExp): Promise<void> {
  const error = await t.throwsAsync(openMongoStore({ url, timeoutMs: 15_000 }), {
    instanceOf: MongoSetupError,
    message,
  });
  t.false(error?.message.includes('secret'), 'no password is shown');
}
