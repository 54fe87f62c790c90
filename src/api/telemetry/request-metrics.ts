import { Histogram, type Registry } from '@prometheus-io/client';
import type { RequestHandler } from 'express';

/** Measures requests by route (not by path: ids would make endless series); streams count when they end. */
export function requestMetrics(registry: Registry): RequestHandler {
  const seconds = new Histogram({
    name: 'wes_http_request_duration_seconds',
    help: 'Time from request to answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return (req, res, next) => {
    const stop = seconds.startTimer();
    res.once('close', () => {
      const route = String(res.locals['route'] ?? 'none');
      stop({ method: req.method, route, status: res.statusCode });
    });
    next();
  };
}
