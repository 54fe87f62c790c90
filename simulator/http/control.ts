import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { eventsSchema, faultsSchema, scriptsSchema } from '#simulator/faults/config.ts';
import { outageSchema } from '#simulator/faults/outages.ts';
import { json, problem, readJson } from '#simulator/http/exchange.ts';
import type { Answer } from '#simulator/http/exchange.ts';
import { outcomesSchema } from '#simulator/ledger/outcome.ts';
import { parseWith } from '#simulator/problems.ts';
import { registry } from '#simulator/services.ts';
import type { Simulation } from '#simulator/simulation.ts';

/** Outcomes of several hundred thousand workflows fit in. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const PAGE = 1000;

const pageSchema = z.object({
  workflowId: z.string().optional(),
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(100_000).default(PAGE),
});

type Asked = { readonly simulation: Simulation; readonly url: URL; readonly body: unknown };
type Handler = (asked: Asked) => Answer;

const checkLedger: Handler = ({ simulation, body }) =>
  // Nothing listed (a GET without a body): only what holds for any outcome is checked.
  valid(outcomesSchema, isEmpty(body) ? [] : body, (outcomes) => simulation.check(outcomes));

const HANDLERS: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  '/_control/ledger': {
    GET: ({ simulation, url }) =>
      valid(pageSchema, Object.fromEntries(url.searchParams), ({ workflowId, after, limit }) => ({
        entries:
          workflowId === undefined
            ? simulation.entries(after, limit)
            : simulation.entriesOf(workflowId),
      })),
  },
  '/_control/ledger/check': { GET: checkLedger, POST: checkLedger },
  '/_control/stats': { GET: ({ simulation }) => json(200, simulation.stats()) },
  '/_control/registry': { GET: ({ url }) => json(200, registry(url.origin)) },
  '/_control/faults': {
    GET: ({ simulation }) => json(200, simulation.faults()),
    POST: ({ simulation, body }) =>
      valid(faultsSchema, body, (faults) => {
        simulation.setFaults(faults);
        return simulation.faults();
      }),
  },
  '/_control/scripts': {
    POST: ({ simulation, body }) =>
      valid(scriptsSchema, body, (scripts) => {
        simulation.addScripts(scripts);
        return { added: scripts.length };
      }),
  },
  '/_control/events': {
    POST: ({ simulation, body }) =>
      valid(eventsSchema.nullable(), body, (events) => {
        simulation.sendEvents(events);
        return { events };
      }),
  },
  '/_control/outage': {
    POST: ({ simulation, body }) =>
      valid(outageSchema, body, (outage) => {
        simulation.beginOutage(outage);
        return outage;
      }),
  },
  '/_control/reset': {
    POST: ({ simulation }) => {
      simulation.reset();
      return json(200, { reset: true });
    },
  },
};

/** Is this path the control API's? */
export function isControl(url: string): boolean {
  return url.startsWith('/_control');
}

/** Answers a request to the control API; null: the caller broke off. */
export async function control(
  simulation: Simulation,
  request: IncomingMessage,
): Promise<Answer | null> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
  const handlers = HANDLERS[url.pathname];
  if (!handlers) return problem(404, `the control API has ${Object.keys(HANDLERS).join(', ')}`);
  const handler = handlers[request.method ?? 'GET'];
  const allow = Object.keys(handlers).join(', ');
  if (!handler) return problem(405, `${url.pathname} takes ${allow}`, { allow });
  const body = await readJson(request, MAX_BODY_BYTES);
  if (body.kind === 'gone') return null;
  return body.kind === 'refused' ? body.answer : handler({ simulation, url, body: body.value });
}

function valid<S extends z.ZodType>(
  schema: S,
  data: unknown,
  use: (value: z.output<S>) => object,
): Answer {
  const parsed = parseWith(schema, data);
  if (parsed.ok) return json(200, use(parsed.value));
  return json(400, { status: 400, detail: 'invalid input', problems: parsed.problems });
}

function isEmpty(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Object.keys(body).length === 0;
}
