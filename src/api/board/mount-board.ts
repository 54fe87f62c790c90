import express, { type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import { isLocal } from '#api/board/local-access.ts';
import { isAuthorized } from '#api/board/password.ts';
import { refuseCrossOrigin } from '#api/http/cross-origin.ts';
import { forbidden, methodNotAllowed, unauthorized } from '#api/http/problems.ts';

export const BOARD_PATH = '/admin/queues';

const READING = ['GET', 'HEAD'];

export type BoardOptions = {
  /** The board itself, made for BOARD_PATH. */
  readonly handler: RequestHandler;
  readonly user: string;
  /** null: only for requests made on this machine. */
  readonly password: string | null;
  /** Jobs and queues may be changed by hand. */
  readonly allowChanges: boolean;
};

/** Bull Board behind its guards. It shows jobs of all workflows, and may change them: nobody sees it by accident. */
export function boardRouter({ handler, user, password, allowChanges }: BoardOptions): Router {
  const router = express.Router();
  router.use(boardPolicy, (req, _res, next) => {
    if (password === null) {
      if (!isLocal(req))
        throw forbidden('Without a password the queues are shown on this machine only');
    } else if (!isAuthorized(req.get('Authorization'), { user, password })) {
      throw unauthorized();
    }
    if (!READING.includes(req.method)) {
      if (!allowChanges) throw methodNotAllowed(req.method, READING);
      refuseCrossOrigin(req.headers);
    }
    next();
  });
  router.use(handler);
  return router;
}

/**
 * What the board's page needs, for its path alone: its own scripts, and styles that it sets inline.
 * Fonts of a foreign host stay shut out; the page does without. Plain HTTP must stay so: no upgrade.
 */
const boardPolicy = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'self'"],
  },
});
