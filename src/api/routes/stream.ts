import { z } from 'zod';
import { readCall, type Endpoint } from '#api/http/endpoint.ts';
import type { InputSchemas } from '#api/http/input-schemas.ts';
import { invalid, tooManyRequests } from '#api/http/problems.ts';
import { requestIdOf } from '#api/http/request-id.ts';
import { cloudEventSchema } from '#api/schemas/events.ts';
import type { ApiSettings } from '#api/settings.ts';
import { followFeed } from '#api/stream/follow-feed.ts';
import { createLiveFeed } from '#api/stream/live-feed.ts';
import { createRenderer } from '#api/stream/render-events.ts';
import { sendLoad } from '#api/stream/send-load.ts';
import { sendSystemEvents } from '#api/stream/send-system-events.ts';
import { openSse } from '#api/stream/sse-response.ts';
import type { Orchestration } from '#application/orchestration.ts';
import type { Logger } from '#application/ports/logger.ts';

const position = z
  .string()
  .max(200)
  .regex(/^[\x21-\x7e]*$/, 'is not the id of an event of this stream')
  .optional();

const input = {
  headers: z.object({ 'last-event-id': position }),
  query: {
    schema: z.strictObject({
      lastEventId: position,
      workflowId: z
        .guid()
        .transform((id) => id.toLowerCase())
        .optional(),
    }),
  },
} as const satisfies InputSchemas;

/**
 * GET /stream: the published events of all workflows, or of one, as they happen; server-sent events that hold CloudEvents. In that
 * of all, `system.load` tells the load of the system beside them, and `system.load.rebalanced` of a rebalancing.
 * A client that comes back with the id of the last event it got misses nothing. The header wins over the query:
 * a browser that reconnects sends the newer id there, and the old URL.
 */
export function streamEndpoint(deps: {
  orchestration: Orchestration;
  logger: Logger;
  settings: ApiSettings;
  shutdown: AbortSignal;
}): Endpoint {
  const { orchestration, logger, settings, shutdown } = deps;
  const render = createRenderer(orchestration, logger);
  const feed = createLiveFeed({ orchestration, render, pollMs: settings.streamPollMs, logger });

  return {
    method: 'get',
    path: '/stream',
    operationId: 'streamEvents',
    tag: 'events',
    summary: 'Published events as they happen (server-sent events)',
    input,
    replies: {
      200: {
        description: 'A stream; the data of each event is a CloudEvent, its id the place to resume',
        schema: cloudEventSchema,
        contentType: 'text/event-stream',
      },
    },
    async handle(req, res, reader) {
      const { headers, query } = await readCall(input, req, res, reader);
      if (req.method === 'HEAD') return void res.type('text/event-stream').end();
      if (feed.listeners() >= settings.maxStreams) {
        throw tooManyRequests(`${settings.maxStreams} streams are open`);
      }
      const asked = headers['last-event-id'] || query.lastEventId || null;
      if (asked !== null) await refuseForeign(asked);
      const listener = await feed.join();
      try {
        const resumeAfter = asked ?? listener.end();
        const { streamKeepAliveMs: keepAliveMs, streamStallMs: stallMs } = settings;
        const stream = openSse(res, { keepAliveMs, stallMs, shutdown });
        if (query.workflowId === undefined) {
          sendLoad(orchestration, stream, settings.streamLoadMs);
          sendSystemEvents(orchestration, stream);
        }
        const wants = (event: { readonly workflowId: string }) =>
          query.workflowId === undefined || event.workflowId === query.workflowId;
        await followFeed(feed, listener, resumeAfter, stream, wants);
      } catch (error) {
        // Once it is open, a stream can only end; the client comes back with the id of its last event.
        if (!res.headersSent) throw error;
        logger.error('event stream broken off', { requestId: requestIdOf(res), error });
        res.end();
      } finally {
        listener.leave();
      }
    },
  };

  /** An id that no stream of ours can have sent: the client is told, for it would miss events otherwise. */
  async function refuseForeign(asked: string): Promise<void> {
    try {
      await orchestration.readFeed(asked, 1);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const message = 'is not the id of an event of this stream';
      throw invalid([{ field: 'Last-Event-ID', message }]);
    }
  }
}
