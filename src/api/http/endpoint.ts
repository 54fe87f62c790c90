import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { refuseCrossOrigin } from '#api/http/cross-origin.ts';
import type { InputSchemas, QuerySchema } from '#api/http/input-schemas.ts';
import { readJsonBody, requireJsonContent } from '#api/http/json-body.ts';
import { invalid } from '#api/http/problems.ts';
import { readHeaders, readParams, readQuery } from '#api/http/read-input.ts';
import { fieldProblems } from '#api/http/field-problems.ts';
import type { FieldProblem } from '#application/orchestration.ts';
import type { Json } from '#domain/json.ts';

export type Method = 'get' | 'post' | 'put' | 'delete';

/** One answer that an endpoint may give, for the OpenAPI document; without a schema it has no body. */
export type DocumentedReply = {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly contentType?: string;
};

/** The parsed input of one request. */
export type Call<S extends InputSchemas> = {
  readonly params: S['params'] extends z.ZodObject ? z.output<S['params']> : null;
  readonly query: S['query'] extends QuerySchema ? z.output<S['query']['schema']> : null;
  readonly headers: S['headers'] extends z.ZodObject ? z.output<S['headers']> : null;
  readonly body: S['body'] extends { readonly schema: z.ZodType }
    ? z.output<S['body']['schema']>
    : null;
  /** The body as sent; undefined: none. */
  readonly rawBody: Json | undefined;
};

export type Reply = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: no body. */
  readonly body?: Json;
};

/** One operation of the API: the router and the OpenAPI document are both made from these, so they can't disagree. */
export type Endpoint = {
  readonly method: Method;
  /** In OpenAPI's form: `/workflows/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly input: InputSchemas;
  readonly replies: Readonly<Record<number, DocumentedReply>>;
  readonly handle: (req: Request, res: Response, reader: RequestHandler) => Promise<void>;
};

export type EndpointSpec<S extends InputSchemas> = Omit<Endpoint, 'handle' | 'input'> & {
  readonly input: S;
  readonly handler: (call: Call<S>) => Promise<Reply>;
};

/** An endpoint that takes validated input and returns its reply as a value. */
export function endpoint<const S extends InputSchemas>(spec: EndpointSpec<S>): Endpoint {
  const { handler, ...described } = spec;
  return {
    ...described,
    handle: async (req, res, reader) => {
      const call = await readCall(spec.input, req, res, reader);
      const reply = await handler(call);
      res.status(reply.status).set(reply.headers ?? {});
      if (reply.body === undefined) res.end();
      else res.json(reply.body);
    },
  };
}

/**
 * Reads and checks all that a request brings.
 * @throws HttpProblem 404 for path parameters, 415, 403, 413, and 400 with the faults of query, headers and body together
 */
export async function readCall<S extends InputSchemas>(
  input: S,
  req: Request,
  res: Response,
  reader: RequestHandler,
): Promise<Call<S>> {
  const params = readParams(input.params, req);
  const changesState = req.method !== 'GET' && req.method !== 'HEAD';
  if (changesState) {
    requireJsonContent(req.headers);
    refuseCrossOrigin(req.headers);
  }
  const faults: FieldProblem[] = [];
  const query = readQuery(input.query, req.originalUrl, faults);
  const headers = readHeaders(input.headers, req.headersDistinct, faults);
  const rawBody = changesState ? await readJsonBody(req, res, reader) : undefined;
  const body = checkBody(input.body, rawBody, faults);
  if (faults.length > 0) throw invalid(faults);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schemas have just proven it; the compiler can't resolve the conditional types of Call
  return { params, query, headers, body, rawBody } as Call<S>;
}

function checkBody(
  body: InputSchemas['body'],
  raw: Json | undefined,
  faults: FieldProblem[],
): unknown {
  if (body === undefined) {
    if (raw !== undefined) faults.push({ field: 'body', message: 'is not expected here' });
    return null;
  }
  if (raw === undefined && body.required) {
    faults.push({ field: 'body', message: 'is required' });
    return null;
  }
  const parsed = body.schema.safeParse(raw === undefined ? {} : raw, { reportInput: true });
  if (parsed.success) return parsed.data;
  faults.push(...fieldProblems(parsed.error, 'body'));
  return null;
}
