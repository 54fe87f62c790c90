import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';

const GIVEN_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Gives every answer an X-Request-Id: the client's own if it is fit for a log, else a new one. */
export const giveRequestId: RequestHandler = (req, res, next) => {
  const given = req.get('X-Request-Id');
  const requestId = given !== undefined && GIVEN_ID.test(given) ? given : randomUUID();
  res.locals['requestId'] = requestId;
  res.set('X-Request-Id', requestId);
  next();
};

export function requestIdOf(res: Response): string {
  return String(res.locals['requestId']);
}

/** The path as requested, without the query: that may hold what does not belong in logs and answers. */
export function pathOf(req: Request): string {
  return req.originalUrl.split('?', 1)[0] ?? '/';
}
