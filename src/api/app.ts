import type { Registry } from '@prometheus-io/client';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { BOARD_PATH, boardRouter, type BoardOptions } from '#api/board/mount-board.ts';
import { concurrencyLimit } from '#api/http/concurrency-limit.ts';
import { errorHandler, noSuchRoute } from '#api/http/error-handler.ts';
import { bodyReader } from '#api/http/json-body.ts';
import { mount } from '#api/http/mount.ts';
import { giveRequestId } from '#api/http/request-id.ts';
import { documentedEndpoints } from '#api/routes/documented.ts';
import { probeEndpoints, type Readiness } from '#api/routes/probes.ts';
import { prometheusEndpoint } from '#api/routes/prometheus.ts';
import { streamEndpoint } from '#api/routes/stream.ts';
import { API_BASE, DEFAULT_API_SETTINGS, type ApiSettings } from '#api/settings.ts';
import { requestMetrics } from '#api/telemetry/request-metrics.ts';
import type { ReceiveEvent } from '#application/inbound/receive-event.ts';
import type { Orchestration } from '#application/orchestration.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { Logger } from '#application/ports/logger.ts';

export type ApiOptions = {
  readonly orchestration: Orchestration;
  readonly receiveEvent: ReceiveEvent;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Version of the engine, as the OpenAPI document names it. */
  readonly version: string;
  readonly readiness: () => Promise<Readiness>;
  /** Aborted when the server begins to stop: event streams end, so that it can. */
  readonly shutdown: AbortSignal;
  /** Where the metrics of this process are gathered; the API adds its own. */
  readonly registry: Registry;
  /** null: no board. */
  readonly board: BoardOptions | null;
  readonly settings?: Partial<ApiSettings>;
};

/** The whole HTTP face of the engine (SPEC 5): the API under /api/v1, probes, metrics and the queue board. Listens to nothing by itself. */
export function createApp(options: ApiOptions): Express {
  const { orchestration, registry } = options;
  const settings = { ...DEFAULT_API_SETTINGS, ...options.settings };
  const reader = bodyReader(settings.bodyLimitBytes);
  const { receiveEvent, version } = options;
  const stream = streamEndpoint({ ...options, settings });
  const documented = documentedEndpoints(orchestration, receiveEvent, stream, version);

  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.use(giveRequestId, requestMetrics(registry), helmet());
  app.use(
    mount(
      [...probeEndpoints(options.readiness), prometheusEndpoint(orchestration, registry)],
      reader,
    ),
  );
  if (options.board) app.use(BOARD_PATH, boardRouter(options.board));
  // Streams stay open for hours: they are counted on their own.
  app.use(API_BASE, mount([stream], reader));
  app.use(API_BASE, concurrencyLimit(settings.maxConcurrentRequests));
  app.use(API_BASE, mount(documented, reader));
  app.use(noSuchRoute);
  app.use(errorHandler(options));
  return app;
}
