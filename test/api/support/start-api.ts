import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from '@prometheus-io/client';
import type { ExecutionContext } from 'ava';
import { createApp, type ApiOptions } from '#api/app.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import { createFakeOrchestration } from '#test/support/fake-orchestration.ts';
import { FAKE_EPOCH } from '#test/support/fake-workflow.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';

export type TestApi = Awaited<ReturnType<typeof startApi>>;

/** The API on a port of its own, over the fake engine; it stops with the test. */
export async function startApi(t: ExecutionContext, options: Partial<ApiOptions> = {}) {
  const fake = createFakeOrchestration();
  const logger = recordingLogger();
  const shutdown = new AbortController();
  const app = createApp({
    orchestration: fake,
    receiveEvent: async () => ({ kind: 'ignored' }),
    logger,
    clock: { now: () => FAKE_EPOCH },
    version: '9.9.9',
    readiness: async () => ({ ready: true, waitingFor: [] }),
    shutdown: shutdown.signal,
    registry: new Registry(),
    board: null,
    ...options,
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  t.teardown(async () => {
    shutdown.abort();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** A request below /api/v1; a body that is no string is sent as JSON. */
  const call = async (
    method: string,
    path: string,
    { body, headers = {} }: { body?: Json | Buffer; headers?: Record<string, string> } = {},
  ) => {
    const isText = typeof body === 'string' || Buffer.isBuffer(body);
    const response = await fetch(path.startsWith('http') ? path : `${origin}/api/v1${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const json: JsonObject = isJson ? JSON.parse(text) : {};
    return { status: response.status, headers: response.headers, text, json };
  };

  return { fake, logger, shutdown, server, origin, port, call };
}

/** The least that starts a workflow. */
export const START = {
  workflowDefinitionId: 'order-fulfillment',
  workflowName: 'Order 4711',
  workflowType: 'ORDER_FULFILLMENT',
  triggeredBy: 'test',
} as const satisfies JsonObject;

/** An id that no workflow has. */
export const NOBODY = '00000000-0000-4000-8000-000000000000';
