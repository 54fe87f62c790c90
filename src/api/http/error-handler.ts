import type { ErrorRequestHandler, RequestHandler } from 'express';
import { asProblem } from '#api/http/as-problem.ts';
import { problemBody } from '#api/http/problem.ts';
import { notFound } from '#api/http/problems.ts';
import { pathOf, requestIdOf } from '#api/http/request-id.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { Logger } from '#application/ports/logger.ts';

/** Answers whatever was thrown as `application/problem+json`; what is our fault is logged with its request id. */
export function errorHandler(deps: { logger: Logger; clock: Clock }): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return (thrown: unknown, req, res, _next) => {
    const requestId = requestIdOf(res);
    const path = pathOf(req);
    const { fields } = asProblem(thrown, requestId);
    if (fields.status >= 500) {
      deps.logger[fields.status === 500 ? 'error' : 'warn']('request failed', {
        requestId,
        method: req.method,
        path,
        error: thrown,
      });
    }
    // An answer that has begun can only be broken off; finishing it would pass for success.
    if (res.headersSent) {
      res.destroy();
      return;
    }
    const timestamp = new Date(deps.clock.now()).toISOString();
    res
      .status(fields.status)
      .set(fields.headers ?? {})
      .type('application/problem+json')
      .send(JSON.stringify(problemBody(fields, { path, requestId, timestamp })));
  };
}

/** The last handler: nothing is at this path. */
export const noSuchRoute: RequestHandler = (req) => {
  throw notFound(`route ${pathOf(req)}`);
};
