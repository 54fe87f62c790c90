import type { ErrorRequestHandler, RequestHandler } from 'express';
import { asProblem } from '#api/http/as-problem.ts';
import { problemBody } from '#api/http/problem.ts';
import { notFound } from '#api/http/problems.ts';
import { pathOf, requestIdOf } from '#api/http/request-id.ts';
import type { Clock } from '#application/ports/clock.ts';
import { QueueUnavailableError, StoreUnavailableError } from '#application/ports/errors.ts';
import type { Logger } from '#application/ports/logger.ts';

/** Answers whatever was thrown as `application/problem+json`; what is our fault is logged with its request id. */
export function errorHandler(deps: { logger: Logger; clock: Clock }): ErrorRequestHandler {
  const tellOutage = createOutageTeller(deps);
  // Express tells an error handler by its four parameters.
  return (thrown: unknown, req, res, _next) => {
    const requestId = requestIdOf(res);
    const path = pathOf(req);
    const { fields } = asProblem(thrown, requestId);
    if (thrown instanceof StoreUnavailableError || thrown instanceof QueueUnavailableError) {
      tellOutage(thrown);
    } else if (fields.status >= 500) {
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

/** How long an outage is not spoken of again. */
const OUTAGE_SILENCE_MS = 60_000;

/** A server that is away fails every request: one line a minute for each says so, without a stack. */
function createOutageTeller({ logger, clock }: { logger: Logger; clock: Clock }) {
  const told = new Map<string, number>();
  return ({ code, message }: StoreUnavailableError | QueueUnavailableError): void => {
    const now = clock.now();
    if (now - (told.get(code) ?? -Infinity) < OUTAGE_SILENCE_MS) return;
    told.set(code, now);
    logger.warn('requests fail', { reason: message });
  };
}

/** The last handler: nothing is at this path. */
export const noSuchRoute: RequestHandler = (req) => {
  throw notFound(`route ${pathOf(req)}`);
};
