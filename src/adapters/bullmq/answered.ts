import { QueueUnavailableError } from '#application/ports/errors.ts';

/** Longest that a caller waits for Redis: with what it does besides, an API call answers within 2 s with Redis down (DESIGN 2). */
const ANSWER_MS = 1500;

/**
 * The answer of Redis, or QueueUnavailableError when there is none in time.
 * @throws QueueUnavailableError whatever `work` fails with
 */
export function answered<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new QueueUnavailableError(`Redis did not answer within ${ANSWER_MS} ms`));
    }, ANSWER_MS);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(new QueueUnavailableError('Redis can not be reached', error));
      },
    );
  });
}
