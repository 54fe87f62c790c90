import type { ExecutionContext } from 'ava';
import { Agent, request } from 'undici';
import { startSimulator } from '#simulator/server.ts';
import type { Simulator, SimulatorOptions } from '#simulator/server.ts';

/** What a client saw of one call. */
export type Seen = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON; undefined: it isn't. */
  readonly json: unknown;
};

export type Client = {
  /** A call to a service by the wire of SPEC 9; rejects as undici does. */
  readonly call: (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    key: string | null,
    body?: object | string,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Seen>;
};

/** No test should hang for ever; a loaded machine should fail none. */
const PATIENCE_MS = 20_000;

/** A simulator of its own, and a real HTTP client for it; both end with the test. A call is given up after `patienceMs` (TimeoutError). */
export async function simulatorFor(
  t: ExecutionContext,
  options: SimulatorOptions = {},
  patienceMs: number = PATIENCE_MS,
): Promise<Client & { readonly simulator: Simulator }> {
  const simulator = await startSimulator(options);
  const dispatcher = new Agent({ connections: 64 });
  t.teardown(async () => {
    await dispatcher.destroy();
    await simulator.close();
  });
  return {
    simulator,
    call: async (method, path, key, body, headers = {}) => {
      const response = await request(`${simulator.url}${path}`, {
        method,
        dispatcher,
        signal: AbortSignal.timeout(patienceMs),
        headers: {
          'content-type': 'application/json',
          ...(key === null ? {} : { 'idempotency-key': key }),
          ...headers,
        },
        body: textOf(body),
      });
      const text = await response.body.text();
      return {
        status: response.statusCode,
        headers: response.headers,
        text,
        json: jsonOf(text),
      };
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(body: unknown): string | null {
  if (body === undefined) return null;
  return typeof body === 'string' ? body : JSON.stringify(body);
}
