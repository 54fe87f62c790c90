import express, { type RequestHandler, type Router } from 'express';
import type { Endpoint } from '#api/http/endpoint.ts';
import { methodNotAllowed } from '#api/http/problems.ts';

/**
 * A router of these endpoints. Every path answers the methods it does not have with 405 and Allow, OPTIONS with Allow alone.
 * Literal paths must be listed before those with parameters in the same place.
 */
export function mount(endpoints: readonly Endpoint[], reader: RequestHandler): Router {
  const router = express.Router({ caseSensitive: true });
  for (const [path, operations] of Map.groupBy(endpoints, (each) => each.path)) {
    const route = router.route(expressPath(path));
    for (const operation of operations) {
      route[operation.method](async (req, res) => {
        res.locals['route'] = path;
        await operation.handle(req, res, reader);
      });
    }
    const allowed = operations.flatMap(({ method }) =>
      method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
    );
    route.options((_req, res) => void res.status(204).set('Allow', allowed.join(', ')).end());
    route.all((req) => {
      throw methodNotAllowed(req.method, allowed);
    });
  }
  return router;
}

/** `/workflows/{id}` as Express writes it: `/workflows/:id`. */
function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
