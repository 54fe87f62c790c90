import { QueueUnavailableError } from '#application/ports/errors.ts';

/** Longest that a caller waits for Redis: with what it does besides, an API call answers within 2 s with Redis down (DESIGN 2). */
const ANSWER_MS = 1500;

/**
 * The answer of Redis, or QueueUnavailableError when there is none in time.
 * @throws QueueUnavailableError whatever `work` fails with
 */
export async function answered<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const message = `Redis did not answer within ${ANSWER_MS} ms`;
    timer = setTimeout(() => reject(new QueueUnavailableError(message)), ANSWER_MS);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    if (error instanceof QueueUnavailableError) throw error;
    throw new QueueUnavailableError('Redis can not be reached', error);
  } finally {
    clearTimeout(timer);
  }
}
