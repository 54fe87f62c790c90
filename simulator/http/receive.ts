import type { IncomingMessage } from 'node:http';
import { isJsonObject } from '#domain/json.ts';
import type { JsonObject } from '#domain/json.ts';
import { problem, readJson } from '#simulator/http/exchange.ts';
import type { Answer } from '#simulator/http/exchange.ts';
import { operationMeant, route } from '#simulator/http/routes.ts';
import type { Routed } from '#simulator/http/routes.ts';
import { parseKey } from '#simulator/idempotency-key.ts';
import type { EffectKey } from '#simulator/idempotency-key.ts';
import type { Operation } from '#simulator/operation.ts';
import { CATALOGUE } from '#simulator/services.ts';
import type { World } from '#simulator/simulation.ts';

const MAX_BODY_BYTES = 1024 * 1024;
const NONE = '-';

/** A call that is fit to be carried out (SPEC 9, "A call"). */
export type Call = {
  readonly service: string;
  readonly operation: Operation;
  /** null: a read without a key, or with one of another form. */
  readonly key: EffectKey | null;
  /** The key's text, or what stands for it: faults and identifiers hang on it. */
  readonly scope: string;
  readonly correlationId: string | null;
  readonly params: Readonly<Record<string, string>>;
  readonly input: JsonObject;
};

export type Received =
  | { readonly kind: 'call'; readonly call: Call }
  | {
      readonly kind: 'turned-away';
      /** reset: the connection is broken instead. */
      readonly answer: Answer | 'reset';
      readonly service: string;
      readonly operation: string;
    }
  | { readonly kind: 'gone' };

/** Reads a request up to the point where a service would begin to work. */
export async function receive(world: World, request: IncomingMessage): Promise<Received> {
  const { service, path, query } = split(request.url ?? '/');
  const turnAway = (answer: Answer | 'reset', operation = NONE): Received => ({
    kind: 'turned-away',
    answer,
    service: CATALOGUE.has(service) ? service : NONE,
    operation,
  });

  if (!CATALOGUE.has(service)) return turnAway(problem(404, 'there is no such service'));
  const away = world.outages.current(service);
  if (away === 'reset') return turnAway('reset');
  if (away !== null) return turnAway(problem(503, `${service} is away`));

  const method = request.method ?? 'GET';
  const routed = route(service, method, path);
  if (routed.kind !== 'found') return turnAway(misrouted(routed));

  const header = request.headers['idempotency-key'];
  const key = typeof header === 'string' ? parseKey(header) : null;
  const done = key?.kind === 'undo' ? world.ledger.operationDone(key.workflowId, key.stepId) : null;
  const operation = operationMeant(routed.operations, key?.kind ?? 'do', service, done);
  if (key === null && operation.effect) {
    return turnAway(
      problem(400, 'Idempotency-Key must be <workflowId>:<stepId>:do|undo'),
      operation.name,
    );
  }

  const input = await inputOf(request, method, query);
  if (input.kind === 'gone') return input;
  if (input.kind === 'refused') return turnAway(input.answer, operation.name);
  const correlationId = request.headers['x-correlation-id'];
  return {
    kind: 'call',
    call: {
      service,
      operation,
      key,
      scope: key?.text ?? `${method} ${service}${path}`,
      correlationId: typeof correlationId === 'string' ? correlationId : null,
      params: routed.params,
      input: input.value,
    },
  };
}

function split(url: string): { service: string; path: string; query: string } {
  const mark = url.indexOf('?');
  const whole = mark === -1 ? url : url.slice(0, mark);
  const slash = whole.indexOf('/', 1);
  return {
    service: slash === -1 ? whole.slice(1) : whole.slice(1, slash),
    path: slash === -1 ? '/' : whole.slice(slash),
    query: mark === -1 ? '' : url.slice(mark + 1),
  };
}

function misrouted(routed: Exclude<Routed, { kind: 'found' }>): Answer {
  switch (routed.kind) {
    case 'unknown-path':
      return problem(404, 'the service has no such path or operation');
    case 'wrong-method':
      return problem(405, 'the method is not for this path', { allow: routed.allowed.join(', ') });
    case 'undecodable':
      return problem(400, 'the path is not well encoded');
  }
}

type Input =
  | { readonly kind: 'input'; readonly value: JsonObject }
  | { readonly kind: 'refused'; readonly answer: Answer }
  | { readonly kind: 'gone' };

async function inputOf(request: IncomingMessage, method: string, query: string): Promise<Input> {
  if (method === 'GET' || method === 'DELETE') {
    const value = query === '' ? {} : Object.fromEntries(new URLSearchParams(query));
    return { kind: 'input', value };
  }
  const body = await readJson(request, MAX_BODY_BYTES);
  if (body.kind !== 'json') return body;
  if (!isJsonObject(body.value)) {
    return { kind: 'refused', answer: problem(422, 'the body is not a JSON object') };
  }
  return { kind: 'input', value: body.value };
}
