import type { RequestHandler } from 'express';
import { tooManyRequests } from '#api/http/problems.ts';

/** Answers 429 while `limit` requests are in progress: bodies and states in memory stay bounded under any load. */
export function concurrencyLimit(limit: number): RequestHandler {
  let inProgress = 0;
  return (_req, res, next) => {
    if (inProgress >= limit) throw tooManyRequests(`${limit} requests are in progress`);
    inProgress += 1;
    // 'close' comes once for every response, finished or broken off.
    res.once('close', () => (inProgress -= 1));
    next();
  };
}
